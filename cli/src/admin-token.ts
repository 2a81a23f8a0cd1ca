import { readFile } from 'node:fs/promises'
import { Fault, messageOf, systemCodeOf } from '@banyan/toolkit/base'
import type { ReadToken } from '@banyan/toolkit/sync-worker/edges'
import type { Place } from './place.ts'

/** Reads the admin token of the state folder at each call; empty while no edge has made one, which every edge refuses. */
export function adminToken({ tokenFile }: Pick<Place, 'tokenFile'>): ReadToken {
  return async () => {
    try {
      return (await readFile(tokenFile, 'utf8')).trim()
    } catch (thrown) {
      if (systemCodeOf(thrown) === 'ENOENT') return ''
      throw new Fault('token-unreadable', `cannot read ${tokenFile}: ${messageOf(thrown)}`, { cause: thrown })
    }
  }
}
