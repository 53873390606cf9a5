package localaws

import (
	"maps"
	"sync"
)

// memory is what the front remembers: documents by kind and key. It lives exactly as
// long as moto's own state, which is in memory too.
type memory struct {
	mu        sync.Mutex
	documents map[string]map[string]any
}

func newMemory() *memory {
	m := &memory{}
	m.clear()
	return m
}

func (m *memory) clear() {
	m.mu.Lock()
	defer m.mu.Unlock()
	m.documents = map[string]map[string]any{}
}

// put keeps a document.
func (m *memory) put(kind, key string, document any) {
	m.mu.Lock()
	defer m.mu.Unlock()
	if m.documents[kind] == nil {
		m.documents[kind] = map[string]any{}
	}
	m.documents[kind][key] = document
}

// all copies the documents of a kind.
func (m *memory) all(kind string) map[string]any {
	m.mu.Lock()
	defer m.mu.Unlock()
	return maps.Clone(m.documents[kind])
}

// remove forgets a document and says whether there was one.
func (m *memory) remove(kind, key string) bool {
	m.mu.Lock()
	defer m.mu.Unlock()
	_, existed := m.documents[kind][key]
	delete(m.documents[kind], key)
	return existed
}

// recall finds a document of the given type.
func recall[T any](m *memory, kind, key string) (T, bool) {
	m.mu.Lock()
	defer m.mu.Unlock()
	document, ok := m.documents[kind][key].(T)
	return document, ok
}
