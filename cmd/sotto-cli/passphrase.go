package main

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"strings"

	"golang.org/x/term"

	"sotto/app/model"
)

// passphraseVar is the environment variable that may hold the passphrase.
const passphraseVar = "SOTTO_PASSPHRASE"

// maxPassphrase is the longest passphrase that is read, in bytes.
const maxPassphrase = 4096

// passphrase returns the passphrase from the file, the environment, or the
// person.
func (p *program) passphrase(prompt string) (string, error) {
	if p.PassphraseFile != "" {
		return firstLine(p.PassphraseFile)
	}
	if pass := os.Getenv(passphraseVar); pass != "" {
		return pass, nil
	}
	return ask(p.ctx, prompt)
}

// newPassphrase is passphrase for a new profile: a person has to type it twice.
func (p *program) newPassphrase() (string, error) {
	pass, err := p.passphrase("New passphrase, of at least 12 characters: ")
	if err != nil || p.PassphraseFile != "" || os.Getenv(passphraseVar) != "" {
		return pass, err
	}
	again, err := ask(p.ctx, "The same once more: ")
	if err == nil && again != pass {
		err = refusal("The two passphrases differ; no profile was made.")
	}
	return pass, err
}

func firstLine(path string) (string, error) {
	f, err := os.Open(path)
	if err != nil {
		return "", fileError(path, err)
	}
	defer f.Close()
	line, err := bufio.NewReader(io.LimitReader(f, maxPassphrase)).ReadString('\n')
	if err != nil && !errors.Is(err, io.EOF) {
		return "", fileError(path, err)
	}
	return strings.TrimRight(line, "\r\n"), nil
}

// ask reads a line from the terminal without showing it. Standard input stays
// free for the command's own.
func ask(ctx context.Context, prompt string) (string, error) {
	tty, err := os.OpenFile("/dev/tty", os.O_RDWR, 0)
	if err != nil {
		return "", usageError("there is no terminal to ask for the passphrase: give --passphrase-file or set SOTTO_PASSPHRASE")
	}
	defer tty.Close()
	before, err := term.GetState(int(tty.Fd()))
	if err != nil {
		return "", fmt.Errorf("terminal: %w", err)
	}
	fmt.Fprint(tty, prompt)
	type reply struct {
		pass []byte
		err  error
	}
	typed := make(chan reply, 1)
	go func() {
		pass, err := term.ReadPassword(int(tty.Fd()))
		typed <- reply{pass, err}
	}()
	select {
	case r := <-typed:
		fmt.Fprintln(tty)
		if r.err != nil {
			return "", model.E(model.WrongPassphrase, "", r.err)
		}
		return string(r.pass), nil
	case <-ctx.Done(): // Ctrl+C: the terminal must show again what is typed
		fmt.Fprintln(tty)
		return "", errors.Join(ctx.Err(), term.Restore(int(tty.Fd()), before))
	}
}
