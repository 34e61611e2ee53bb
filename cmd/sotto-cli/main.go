// Sotto-cli is Sotto without a window: for scripts, servers and tests.
//
// Each command asks the program that holds the profile, if one does, over its
// control socket; otherwise it opens the profile itself, does its work and
// leaves. Commands are written against control.Messenger and do not know the
// difference. "run" holds the profile and stays online. "serve" is a
// node for others and has no profile.
//
// Scripts depend on this: results on standard output, with --json one JSON value,
// or one a line for streams; errors as one sentence on standard error; exit
// status 1 for a refusal or a failure, 2 for wrong usage.
package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"os/signal"
	"syscall"

	"github.com/alecthomas/kong"

	"sotto/app"
	"sotto/app/serve"
)

const (
	exitFailed = 1
	exitUsage  = 2
)

// cli is the command line: flags that may stand before or after the command,
// and the commands.
type cli struct {
	Data           string `placeholder:"DIR" help:"The profile's directory; without it, sotto in the XDG data directory. For serve: the node's, sotto-node there."`
	JSON           bool   `name:"json" help:"Print JSON: one value, or one a line for streams."`
	PassphraseFile string `placeholder:"FILE" help:"Read the passphrase from this file's first line. Otherwise it is taken from SOTTO_PASSPHRASE, or asked for."`

	Init      initCommand      `cmd:"" help:"Make a profile."`
	Invite    inviteCommand    `cmd:"" help:"Make an invitation and print its link."`
	Invites   invitesCommand   `cmd:"" help:"List your invitations."`
	Revoke    revokeCommand    `cmd:"" help:"Make an invitation useless."`
	Add       addCommand       `cmd:"" help:"Accept somebody's invitation."`
	Nearby    nearbyCommand    `cmd:"" help:"Show yourself to everybody on this network for some minutes, and list who else does."`
	Requests  requestsCommand  `cmd:"" help:"List who used an invitation of yours and waits for an answer."`
	Accept    acceptCommand    `cmd:"" help:"Make whoever asked a contact."`
	Decline   declineCommand   `cmd:"" help:"Turn a request down."`
	Contacts  contactsCommand  `cmd:"" help:"List your contacts."`
	Rename    renameCommand    `cmd:"" help:"Set what you call a contact."`
	Block     blockCommand     `cmd:"" help:"Stop exchanging anything with a contact."`
	Verify    verifyCommand    `cmd:"" help:"Print the safety number that you share with a contact."`
	Renew     renewCommand     `cmd:"" help:"Begin a new secure session with a contact, when messages no longer get through."`
	Send      sendCommand      `cmd:"" help:"Write to a contact."`
	Messages  messagesCommand  `cmd:"" help:"Print a conversation."`
	Search    searchCommand    `cmd:"" help:"Find messages by their words."`
	Details   detailsCommand   `cmd:"" help:"Print where a message is, and what happened to it on its way."`
	Resend    resendCommand    `cmd:"" help:"Try a message again that waits or has failed."`
	Cancel    cancelCommand    `cmd:"" help:"Take a message back that waits."`
	Edit      editCommand      `cmd:"" help:"Replace the text of a message of yours."`
	Reply     replyCommand     `cmd:"" help:"Answer a message."`
	Forward   forwardCommand   `cmd:"" help:"Write a message's text to others."`
	React     reactCommand     `cmd:"" help:"Put an emoji on a message."`
	Delete    deleteCommand    `cmd:"" help:"Delete a message here, or for both."`
	Star      starCommand      `cmd:"" help:"Mark a message for yourself."`
	Timer     timerCommand     `cmd:"" help:"Set after how long new messages of a conversation disappear, on both sides."`
	Pin       pinCommand       `cmd:"" help:"Keep a conversation at the top of the list."`
	Mute      muteCommand      `cmd:"" help:"Have nothing of a contact make itself noticed."`
	Archive   archiveCommand   `cmd:"" help:"Put a conversation away until something new comes."`
	Label     labelCommand     `cmd:"" help:"Set a contact's labels."`
	Remark    remarkCommand    `cmd:"" help:"Keep a private remark on a contact."`
	Remove    removeCommand    `cmd:"" help:"Delete a contact and everything of theirs here."`
	Mailboxes mailboxesCommand `cmd:"" help:"The computers that hold sealed messages for you while you are away."`
	Run       runCommand       `cmd:"" help:"Stay online and print what happens, until SIGTERM."`
	Status    statusCommand    `cmd:"" help:"Print who and how this program is."`
	Serve     serveCommand     `cmd:"" help:"Be an always-on node for others, without a profile: mailbox, relay, until SIGTERM."`
}

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM, syscall.SIGHUP)
	status := run(ctx, os.Args[1:], os.Stdin, os.Stdout, os.Stderr)
	stop()
	os.Exit(status)
}

// run is the program: it returns the exit status.
func run(ctx context.Context, args []string, stdin io.Reader, stdout, stderr io.Writer) int {
	var c cli
	helped := -1
	parser, err := kong.New(&c,
		kong.Name("sotto-cli"),
		kong.Description("Sotto without a window. CONTACT is a name, or the beginning of an id."),
		kong.Writers(stdout, stderr),
		kong.Exit(func(status int) { helped = status }),
		kong.UsageOnError(),
		kong.ConfigureHelp(kong.HelpOptions{Compact: true}),
	)
	if err != nil {
		fmt.Fprintln(stderr, sentence(err))
		return exitFailed
	}
	command, err := parser.Parse(args)
	switch {
	case helped >= 0: // --help printed it
		return helped
	case err != nil:
		fmt.Fprintln(stderr, sentence(usageError(err.Error())))
		return exitUsage
	}

	p := &program{cli: &c, ctx: ctx, stdin: stdin, stdout: stdout, stderr: stderr}
	if c.Data == "" {
		c.Data, err = defaultDir(command)
	}
	if err == nil {
		err = command.Run(p)
	}
	var usage usageError
	switch {
	case err == nil:
		return 0
	case errors.As(err, &usage):
		fmt.Fprintln(stderr, sentence(err))
		return exitUsage
	default:
		fmt.Fprintln(stderr, sentence(err))
		return exitFailed
	}
}

// defaultDir is where the command works if --data does not say.
func defaultDir(command *kong.Context) (string, error) {
	if command.Selected().Name == "serve" {
		return serve.DefaultDir()
	}
	return app.DefaultDir()
}

// usageError says that the command line makes no sense.
type usageError string

func (e usageError) Error() string { return string(e) }
