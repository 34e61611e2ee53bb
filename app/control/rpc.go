package control

import (
	"bytes"
	"encoding/json"
	"errors"

	"sotto/app/model"
)

// The words of JSON-RPC 2.0 (https://www.jsonrpc.org/specification).

const version = "2.0"

// request is a request (with an id) or a notification (without).
type request struct {
	Version string          `json:"jsonrpc"`
	ID      json.RawMessage `json:"id,omitempty"`
	Method  string          `json:"method"`
	Params  json.RawMessage `json:"params,omitempty"`
}

// answer is the answer to the request with its id. Exactly one of Result and
// Error is there.
type answer struct {
	Version string          `json:"jsonrpc"`
	ID      json.RawMessage `json:"id"`
	Result  json.RawMessage `json:"result,omitempty"`
	Error   *rpcError       `json:"error,omitempty"`
}

// rpcError is JSON-RPC's error object.
type rpcError struct {
	Code    int        `json:"code"`
	Message string     `json:"message"`
	Data    *errorData `json:"data,omitempty"`
}

// errorData lets the client build the same *model.Error again.
type errorData struct {
	Kind   model.Kind `json:"kind"`
	Detail string     `json:"detail,omitempty"`
}

// The codes that JSON-RPC reserves (§5.1), and one of ours for every error that
// the messenger returns.
const (
	codeParse     = -32700
	codeRequest   = -32600
	codeMethod    = -32601
	codeParams    = -32602
	codeInternal  = -32603
	codeMessenger = 1
)

const (
	subscribeMethod = "subscribe"
	eventMethod     = "event"
)

// maxID is the longest id, in bytes: it goes back as it came.
const maxID = 256

func (e *rpcError) Error() string { return "control: " + e.Message }

// asRPC turns an error of the messenger into one that can be sent.
func asRPC(err error) *rpcError {
	var own *rpcError
	if errors.As(err, &own) {
		return own
	}
	var e *model.Error
	if !errors.As(err, &e) {
		return &rpcError{Code: codeInternal, Message: err.Error()}
	}
	return &rpcError{Code: codeMessenger, Message: err.Error(), Data: &errorData{e.Kind, e.Detail}}
}

// restored is an error that came from the other side: it reads as it did there
// and has the same kind and detail.
type restored struct {
	message string
	cause   *model.Error
}

func (r *restored) Error() string { return r.message }
func (r *restored) Unwrap() error { return r.cause }

// asModel is the reverse of asRPC.
func asModel(e *rpcError) error {
	if e.Data == nil {
		return e
	}
	return &restored{e.Message, &model.Error{Kind: e.Data.Kind, Detail: e.Data.Detail}}
}

// parse reads a request. On failure the error says what to answer, and the
// request holds the id as far as it was understood.
func parse(line []byte) (request, *rpcError) {
	var r request
	line = bytes.TrimSpace(line)
	if len(line) > 0 && line[0] == '[' {
		return r, &rpcError{Code: codeRequest, Message: "batches are not taken"}
	}
	if err := json.Unmarshal(line, &r); err != nil {
		if !json.Valid(line) {
			return request{}, &rpcError{Code: codeParse, Message: "not JSON"}
		}
		return r, &rpcError{Code: codeRequest, Message: "not a request"}
	}
	if !validID(r.ID) {
		r.ID = nil
		return r, &rpcError{Code: codeRequest, Message: "the id must be a short string, a number or null"}
	}
	if r.Version != version || r.Method == "" {
		return r, &rpcError{Code: codeRequest, Message: `not a request: "jsonrpc" must be "2.0" and "method" a name`}
	}
	return r, nil
}

// validID reports whether an id is one that JSON-RPC allows: a string, a number
// or null. None at all is a notification.
func validID(id json.RawMessage) bool {
	if len(id) > maxID {
		return false
	}
	return len(id) == 0 || id[0] != '{' && id[0] != '[' && id[0] != 't' && id[0] != 'f'
}
