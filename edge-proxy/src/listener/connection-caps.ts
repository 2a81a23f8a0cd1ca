import type { EdgeLimits } from '@banyan/toolkit/routing'
import { addressKey } from '../limits/address-key.ts'
import type { Trusts } from '../request/client.ts'

/** Why a connection is not taken. */
export type CapReached = 'too-many-connections' | 'too-many-connections-of-address'

/** Counts connections, all and by address; it is the caller who closes those that are not taken. */
export interface ConnectionCaps {
  /** Undefined: it is taken, and `left` must be called when it is over. */
  came(address: string): CapReached | undefined
  left(address: string): void
  open(): number
}

/** Builds a count of none. Trusted proxies bring many clients over one address: they are not counted by it. */
export function buildConnectionCaps(limits: () => EdgeLimits, trusts: Trusts): ConnectionCaps {
  const byAddress = new Map<string, number>()
  let open = 0
  return {
    came: (address) => {
      const { maxConnections, maxConnectionsPerAddress } = limits()
      if (open >= maxConnections) return 'too-many-connections'
      const key = addressKey(address)
      const before = byAddress.get(key) ?? 0
      if (before >= maxConnectionsPerAddress && !trusts(address)) return 'too-many-connections-of-address'
      byAddress.set(key, before + 1)
      open += 1
      return undefined
    },
    left: (address) => {
      const key = addressKey(address)
      const after = (byAddress.get(key) ?? 0) - 1
      if (after > 0) byAddress.set(key, after)
      else byAddress.delete(key)
      open -= 1
    },
    open: () => open,
  }
}
