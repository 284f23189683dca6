/* SPDX-License-Identifier: GPL-2.0 */
/* Decisions whose record found no room in its ring, counted by who and what. */
#ifndef PEEK_BPF_LOSSES_H
#define PEEK_BPF_LOSSES_H

#include "address.h"
#include "maps.h"

/*
 * 0: counted. The key is a copy on this function's stack: kernel 6.1 refuses a pointer argument of
 * a global function as a map key. An entry that was found stays while it is added to: the
 * controller deletes only from the bank that no running program can have read as the active one.
 */
__noinline int peek_count_loss(struct peek_loss_key *what, __u64 time_ns)
{
	struct peek_loss first = {.count = 1, .last_ns = time_ns};
	struct peek_loss_key key;
	struct peek_loss *loss;

	if (!what)
		return 1;
	key = *what;
	loss = bpf_map_lookup_elem(&peek_losses, &key);
	if (!loss) {
		if (!bpf_map_update_elem(&peek_losses, &key, &first, BPF_NOEXIST))
			return 0;
		loss = bpf_map_lookup_elem(&peek_losses, &key); /* another CPU was first */
	}
	if (!loss)
		return 1;
	__sync_fetch_and_add(&loss->count, 1);
	loss->last_ns = time_ns;
	return 0;
}

#endif /* PEEK_BPF_LOSSES_H */
