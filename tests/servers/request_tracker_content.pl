# Fills a new Request Tracker: its tables, two queues, custom fields, agents and their tokens; tokens go to the file named.
use strict;
use warnings;
use lib '/usr/share/request-tracker5/lib';
my ($tokens, @agents) = @ARGV;
my $etc = '/usr/share/request-tracker5/etc';

require RT;
require RT::Handle;
RT->LoadConfig;
RT->InitClasses;
RT::InitLogging();
my $handle = RT::Handle->new;
$handle->BuildDSN;
my $dbh = DBI->connect($handle->DSN, '', '', { RaiseError => 1 });
$dbh->do('PRAGMA synchronous = OFF');
done(RT::Handle->InsertSchema($dbh, $etc));
$dbh->disconnect;

sub done { my ($ok, $why) = @_; die $why unless $ok; return $ok }
sub connect_again {
    $RT::Handle = RT::Handle->new;
    $RT::Handle->dbh(undef);
    RT::ConnectToDatabase();
    $RT::Handle->dbh->do('PRAGMA synchronous = OFF');
}
sub new_one { my $class = "RT::$_[0]"; return $class->new(RT->SystemUser) }

connect_again();
done($RT::Handle->InsertInitialData);
RT::Init();
done($RT::Handle->InsertData("$etc/initialdata", 'not-used-here', disconnect_after => 0));
connect_again();

my $everyone = new_one('Group');
$everyone->LoadSystemInternalGroup('Everyone');
$everyone->PrincipalObj->GrantRight(Right => $_, Object => RT->System) for qw(CreateTicket ReplyToTicket);
my $team = new_one('Group');
done($team->CreateUserDefinedGroup(Name => 'support'));
$team->PrincipalObj->GrantRight(Right => $_, Object => RT->System) for qw(
    SeeQueue ShowTicket ShowTicketComments CreateTicket ModifyTicket OwnTicket TakeTicket StealTicket ReassignTicket
    ReplyToTicket CommentOnTicket SeeCustomField ModifyCustomField ManageAuthTokens ModifySelf);

for my $name (qw(Soporte Billing)) {
    done(new_one('Queue')->Create(Name => $name, CorrespondAddress => lc($name) . '@desk.example'));
}
for my $name (qw(Language Macro Procedure)) {
    my $field = new_one('CustomField');
    done($field->Create(Name => $name, Type => 'Freeform', MaxValues => 1, LookupType => 'RT::Queue-RT::Ticket'));
    $field->AddToObject(RT::Queue->new(RT->SystemUser));
    $team->PrincipalObj->GrantRight(Right => $_, Object => $field) for qw(SeeCustomField ModifyCustomField);
}
require RT::AuthToken;
open(my $out, '>', $tokens) or die "$tokens: $!";
for my $name (@agents) {
    my $user = new_one('User');
    done($user->Create(Name => $name, EmailAddress => "$name\@desk.example", Privileged => 1, Password => "$name-secret"));
    $team->AddMember($user->PrincipalId);
    my ($ok, $why, $token) = RT::AuthToken->new(RT::CurrentUser->new($name))->Create(Owner => $user->id, Description => 't');
    die $why unless $ok;
    print {$out} "$name=$token\n";
}
close $out;
$RT::Handle->dbh->do('PRAGMA journal_mode = WAL');
