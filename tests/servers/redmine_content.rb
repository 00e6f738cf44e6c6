# Fills a new Redmine of the tests: its tables, the data that it ships with, agents, projects, custom fields.
# Called with the folder of the server, its address, the key of its mail gate, and NAME for each agent.

folder, address, mail_key, *agents = ARGV
require File.join(folder, "config/environment")

connection = ActiveRecord::Base.connection
connection.execute("PRAGMA journal_mode = WAL")
connection.execute("PRAGMA synchronous = OFF")
ActiveRecord::Migration.verbose = false
connection.migration_context.migrate
connection.schema_cache.clear!
ActiveRecord::Base.descendants.each(&:reset_column_information)
Redmine::DefaultData::Loader.load("en")

Setting.rest_api_enabled = "1"
Setting.mail_handler_api_enabled = "1"
Setting.mail_handler_api_key = mail_key
Setting.host_name = address.delete_prefix("http://")
Setting.mail_from = "redmine@desk.example"
Setting.default_users_hide_mail = "0"
Setting.plain_text_mail = "1"
Setting.password_min_length = "4"

manager = Role.find_by!(name: "Manager")
reporter = Role.find_by!(name: "Reporter")
projects = { "Soporte" => true, "Facturas" => true }.map do |name, is_public|
  Project.create!(name: name, identifier: name.downcase, is_public: is_public, trackers: Tracker.all,
                  enabled_module_names: ["issue_tracking"])
end

def person(login, name, **more)
  user = User.new(firstname: name, lastname: "Desk", mail: "#{login}@desk.example", language: "en", **more)
  user.login = login
  user.password = user.password_confirmation = "#{login}-pass"
  user.save!
  user
end

keys = agents.to_h do |name|
  user = person(name, name.capitalize)
  projects.each { |project| Member.create!(project: project, principal: user, roles: [manager]) }
  [name, user.api_key]
end
plain = person("plain", "Plain")
Member.create!(project: projects.first, principal: plain, roles: [reporter])
root = person("root", "Root", admin: true)
keys.merge!("plain" => plain.api_key, "root" => root.api_key)

["tridesk", "Macro", "Language", "Procedure", "order", "product"].each do |name|
  more = name == "product" ? { field_format: "list", possible_values: %w[app web device] } : { field_format: "string" }
  # an issue of the tracker "Feature" has no place for marks
  roles = name == "tridesk" ? [manager, reporter] : [manager]
  trackers = name == "tridesk" ? Tracker.where.not(name: "Feature") : Tracker.all
  IssueCustomField.create!(name: name, trackers: trackers, is_for_all: true, visible: false, roles: roles, **more)
end

File.write(File.join(folder, "keys"), keys.map { |name, key| "#{name}=#{key}\n" }.join)
