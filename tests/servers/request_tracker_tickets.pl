# Opens many tickets in a queue of a Request Tracker, without its mails.
use strict;
use warnings;
use lib '/usr/share/request-tracker5/lib';
my ($queue, $amount) = @ARGV;

require RT;
RT->LoadConfig;
RT::Init();
require MIME::Entity;
{ no warnings 'redefine'; *RT::Scrips::Prepare = sub { 1 }; *RT::Scrips::Commit = sub { 1 }; }
$RT::Handle->dbh->do('PRAGMA synchronous = OFF');
$RT::Handle->BeginTransaction;
for my $number (1 .. $amount) {
    my $ticket = RT::Ticket->new(RT->SystemUser);
    my $text = "Hello, this is letter $number. Where is my invoice?\n";
    my ($ok, $unused, $why) = $ticket->Create(
        Queue => $queue, Requestor => ['c' . ($number % 50) . '@customers.example'], Subject => "Letter $number",
        MIMEObj => MIME::Entity->build(Type => 'text/plain', Charset => 'UTF-8', Data => [$text]));
    die $why unless $ok;
}
$RT::Handle->Commit;
