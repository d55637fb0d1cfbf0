#!/usr/bin/perl
# Verifies the messages that bench-dkim wrote into a folder with Mail::DKIM, and prints how many a second of
# CPU time: peer_dkim.pl FOLDER. Its DNS is answered from the folder.
use strict;
use warnings;
use Mail::DKIM::Verifier;

my $folder = shift;
sub slurp { local (@ARGV, $/) = @_; return scalar <> }
my $record = slurp("$folder/record");
my @messages = map { slurp($_) } glob "$folder/*.eml";

package Answer { sub type { 'TXT' } sub txtdata { $record } sub char_str_list { $record } }
{
	no warnings 'redefine';
	*Mail::DKIM::DNS::query = sub { return bless {}, 'Answer' };
}
my $best = 0;
for (1 .. 5) {
	my $begin = times;
	for my $message (@messages) {
		my $dkim = Mail::DKIM::Verifier->new;
		$dkim->PRINT($message);
		$dkim->CLOSE;
		die 'a message does not verify: ' . $dkim->result_detail . "\n" if $dkim->result ne 'pass';
	}
	my $rate = @messages / ((times)[0] - $begin);
	$best = $rate if $rate > $best;
}
printf "verified %.0f messages/s\n", $best;
