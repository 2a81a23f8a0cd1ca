import { lookup as lookupName } from 'node:dns/promises'
import { isIP } from 'node:net'
import { type Clock, messageOf } from '@banyan/toolkit/base'
import type { Logger } from 'pino'

/** The addresses of a name, IPv4 and IPv6, in the order of the machine's resolver. Rejects when there are none. */
export type Lookup = (host: string) => Promise<readonly string[]>

/** The machine's resolver: its hosts file, then DNS. */
export const systemLookup: Lookup = async (host) =>
  (await lookupName(host, { all: true })).map(({ address }) => address)

/** What the names of upstreams resolve to, asked for again and again. */
export interface Names {
  /** Empty for an IP address, for a name that is not resolved yet, and where a connection should choose by itself. */
  addressesOf(host: string): readonly string[]
  /** Resolves a name at once, or a second after the last time: an address of it did not answer. */
  doubt(host: string): void
  /** Resolves these names from now on, and no others. */
  follow(hosts: readonly string[]): void
  close(): void
}

/** How often a name is resolved, in ms: the resolver keeps the time to live of its answers to itself. */
const everyMs = 10_000
/** However much it is doubted, a name is resolved no more often. */
const leastMs = 1_000
/** No more addresses of one name are used. */
const maxAddresses = 64

/** What resolving needs; `changed` is called when a name has other addresses than before. */
export interface NamesOptions {
  readonly lookup: Lookup
  readonly clock: Clock
  readonly log: Logger
  changed(): void
}

/** Builds a resolver without names. A name that cannot be resolved keeps the addresses that it had. */
export function buildNames({ lookup, clock, log, changed }: NamesOptions): Names {
  const known = new Map<string, Name>()
  const resolveOnce = async (host: string, name: Name) => {
    try {
      const addresses = usable(await lookup(host))
      if (name.failing) log.info({ host }, 'name resolved again')
      name.failing = false
      if (addresses.join() === name.addresses.join()) return
      name.addresses = addresses
      changed()
    } catch (error) {
      if (!name.failing) log.warn({ host, detail: messageOf(error) }, 'name not resolved; its last addresses hold')
      name.failing = true
    }
  }
  const resolve = async (host: string, name: Name) => {
    while (!name.over.signal.aborted) {
      name.doubt = new AbortController()
      await resolveOnce(host, name)
      await pause(clock, leastMs, name.over.signal)
      await pause(clock, everyMs - leastMs, name.doubt.signal)
    }
  }
  const drop = (host: string, name: Name) => {
    name.over.abort()
    name.doubt.abort()
    known.delete(host)
  }
  return {
    addressesOf: (host) => known.get(host)?.addresses ?? [],
    doubt: (host) => known.get(host)?.doubt.abort(),
    follow: (hosts) => {
      const wanted = new Set(hosts.filter(isName))
      for (const [host, name] of known) if (!wanted.has(host)) drop(host, name)
      for (const host of wanted) {
        if (known.has(host)) continue
        const name: Name = { addresses: [], failing: false, over: new AbortController(), doubt: new AbortController() }
        known.set(host, name)
        void resolve(host, name)
      }
    },
    close: () => {
      for (const [host, name] of known) drop(host, name)
    },
  }
}

interface Name {
  addresses: readonly string[]
  failing: boolean
  readonly over: AbortController
  /** Ends the pause before the next time; made anew for each, for `AbortSignal.any` leaves something at a signal that lives on. */
  doubt: AbortController
}

async function pause(clock: Clock, ms: number, signal: AbortSignal): Promise<void> {
  await clock.sleep(ms, signal).catch(() => undefined)
}

function isName(host: string): boolean {
  return isIP(host.startsWith('[') ? host.slice(1, -1) : host) === 0
}

/**
 * The addresses of the family that the resolver puts first: the other one may be unreachable from here. One of each family is
 * one server, most likely, and left to the connection, which tries both (RFC 8305).
 */
export function usable(addresses: readonly string[]): readonly string[] {
  const family = isIP(addresses[0] ?? '')
  const same = [...new Set(addresses.filter((address) => isIP(address) === family))]
  if (same.length === 1 && same.length < addresses.length) return []
  // In an order of their own: resolvers turn them around with each answer.
  return same.toSorted().slice(0, maxAddresses)
}
