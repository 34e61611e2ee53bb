# make run    builds the desktop program and opens it; without a display it is
#             opened on a virtual one and screenshot.png is left behind.
#             ARGS="--data DIR" are passed on; SCREENSHOT_ONLY=1 ends after the picture.
# make install  builds and installs into PREFIX (~/.local), with the desktop entry.
# make test   installs what is missing and runs every test with the race detector
#             (which would let each of the many programs sleep a second at its end).
# make lint   formatting, vet, staticcheck, known vulnerabilities, tidy modules.
# make demo   two profiles side by side, introduced and talking.
# make history  RUNS schedules of failures (2000), from SEED on; see internal/history.
# make history-defects  plants mistakes and expects that to find them.
# make bench  measures.
# make bench-ui         the window, used from outside with a million messages stored,
#                       beside a bare window of the toolkit and other messengers
#                       (Debian's uTox, qTox and Dino; they are installed if they may be).
# make bench-delivery   messages between two processes and by way of a mailbox,
#                       beside the database and a bare libp2p stream.
# make bench-crypto     the crypto core beside its primitives and beside libsignal.
# make test-reference   the implementation in another language (docs/reference), and
#                       a live conversation with it; installs Node.js if it is missing.
# make fuzz   every fuzz target for FUZZTIME each (10s).
# make proofs runs the models of the protocol (docs/proofs); needs ProVerif.
# make screenshots   every screen of the running program, into docs/screenshots/.
#
# Two build configurations carry everything that CI does, so that the large
# dependencies are compiled twice and not four times: with cgo and the race
# detector for the checks and the tests, without either for sotto-cli. The tag
# "ci" takes the display out of the toolkit; bin/sotto-race is the window with it,
# for the tests that open one.

TAGS    := migrated_fynedo
CIFLAGS := -tags=ci,$(TAGS)

# SQLite is C turned into Go, on one goroutine at a time: the race detector would
# look at each of its bytes and find nothing, in seven times the time.
RACE := -race -gcflags=github.com/ncruces/go-sqlite3-wasm/...=-race=false

FUZZTIME ?= 10s
RUNS ?= 2000
SEED ?= 1

.PHONY: run build install cli test test-reference fuzz proofs history history-defects lint demo screenshots bench bench-crypto bench-delivery bench-ui clean

run: build
	@scripts/run $(ARGS)

build:
	@scripts/bootstrap build
	@scripts/build -tags=$(TAGS) -o bin/sotto .

install: build
	@PREFIX="$(PREFIX)" DESTDIR="$(DESTDIR)" scripts/install

cli:
	@CGO_ENABLED=0 scripts/build -o bin/sotto-cli ./cmd/sotto-cli

test: cli
	@scripts/bootstrap build display network
	@scripts/build $(RACE) $(CIFLAGS) ./...
	@scripts/build $(RACE) -tags=$(TAGS) -o bin/sotto-race .
	LC_ALL=C GORACE=atexit_sleep_ms=20 go test $(RACE) -vet=off -timeout 18m $(CIFLAGS) ./...

# Without cgo, as sotto-cli is: the race detector takes most of the time.
history:
	CGO_ENABLED=0 go test -vet=off ./internal/history -run '^TestHistory$$' -timeout 12h -v -args -history.runs=$(RUNS) -history.seed=$(SEED)

history-defects:
	@scripts/history-defects

lint:
	@CIFLAGS=$(CIFLAGS) RACE='$(RACE)' scripts/lint

demo: build cli
	@scripts/bootstrap display
	@scripts/demo

screenshots: build cli
	@scripts/screenshots

bench:
	@scripts/bootstrap build
	go test -vet=off $(CIFLAGS) -run '^$$' -bench . -benchmem ./...
	@scripts/bench-ui -rounds 1

bench-ui:
	@PEERS=1 scripts/bench-ui

bench-crypto:
	@scripts/bench-crypto

bench-delivery:
	@scripts/bench-delivery

test-reference:
	@scripts/test-reference

fuzz:
	@scripts/fuzz $(FUZZTIME)

proofs:
	@docs/proofs/run

clean:
	rm -rf bin
