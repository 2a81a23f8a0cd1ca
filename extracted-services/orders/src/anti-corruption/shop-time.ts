import { localTime } from '@banyan/toolkit/anti-corruption'

/** Local time of legacy's database, `MM/DD/YYYY hh:mm AM` in the shop's zone <-> ISO 8601 UTC. */
export const shopTime = localTime({ zone: 'America/New_York', pattern: 'MM/DD/YYYY hh:mm AM' })
