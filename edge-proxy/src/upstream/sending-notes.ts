/**
 * What happens to one request on its way upstream, written down while it happens by who sends it and by who decides
 * about it; `banyan why`, `banyan tap`, traces and `Server-Timing` show it. One object a request, over all its attempts;
 * what does not happen stays undefined. Milliseconds are of the last attempt, from its beginning.
 */
export interface SendingNotes {
  /** `http://host:port` that was asked last. */
  url: string | undefined
  /** How often it was sent, or tried to be. 1 unless it was sent again. */
  attempts: number
  /** Waited for a free connection (the upstream's connection cap). */
  queuedMs: number | undefined
  /** Until the connection was there, TLS included; undefined on a kept one. */
  connectMs: number | undefined
  /** Until the answer's head was read. */
  headMs: number | undefined
  /** The answer comes from here because the service failed (`upstream-timeout`) or its breaker was open. */
  fallback: { readonly arm: string; readonly because: string } | undefined
}

/** Notes of a request that has not been sent. */
export function newSendingNotes(): SendingNotes {
  return {
    url: undefined,
    attempts: 0,
    queuedMs: undefined,
    connectMs: undefined,
    headMs: undefined,
    fallback: undefined,
  }
}
