package main

import (
	"context"
	"time"
)

// longestPause lies between two attempts at what the cluster isn't ready for, however long it takes.
const longestPause = 3 * time.Second

// pause lies between two attempts, and is longer each time.
type pause struct{ last time.Duration }

// wait returns false when ctx is done first.
func (p *pause) wait(ctx context.Context) bool {
	p.last = min(max(2*p.last, 200*time.Millisecond), longestPause)
	select {
	case <-ctx.Done():
		return false
	case <-time.After(p.last):
		return true
	}
}
