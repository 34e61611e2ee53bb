package main

import "sotto/ui/text"

// The words of the program itself.
var (
	wordNoNetwork = text.L("The network could not be started. What you write waits here")
	wordSilent    = text.L("Sotto is already open with this profile, but does not answer. End it, or wait until it does")
)
