/** The right to run one sync job, held by one worker at a time. */
export interface Lease {
  readonly holder: string
  /** Grows with each holder; every save of the target checks it, so that a worker that slept past its time changes nothing. */
  readonly epoch: number
}

/** A lease as any process can read it. */
export interface LeaseRow extends Lease {
  /** Milliseconds since 1970. Past this instant the lease is free. */
  readonly expiresAt: number
  readonly heartbeatAt: number
  /** What holds the worker up right now; undefined when it is well. */
  readonly trouble: string | undefined
  /** The mark of the process that holds it (see `Processes`); undefined where it has none. */
  readonly process: string | undefined
}

/** Who wants a lease, and for how long. */
export interface LeaseWish {
  readonly holder: string
  readonly process: string | undefined
  /** Milliseconds since 1970. */
  readonly now: number
  readonly leaseMs: number
  /** The epoch of a holder that has surely ended: its lease is free although it has not run out. */
  readonly ended?: number
}

/** Where the lease of a job is kept. */
export interface LeaseStore {
  /** Takes the lease when it is free. Else gives the row of its holder. */
  acquire(wish: LeaseWish): Promise<Lease | { readonly heldBy: LeaseRow }>
  /** Renews it: heartbeat, expiry and trouble. Throws `sync-lease-lost` when it is another's by now. */
  renew(
    lease: Lease,
    now: number,
    renewal: { readonly leaseMs: number; readonly trouble: string | undefined },
  ): Promise<void>
  /** Gives it back, if it is still `lease`. */
  release(lease: Lease, now: number): Promise<void>
  read(): Promise<LeaseRow | undefined>
}
