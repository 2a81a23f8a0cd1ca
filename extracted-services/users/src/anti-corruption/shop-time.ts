import { localTime } from '@banyan/toolkit/anti-corruption'

/** Local time of legacy's database, `MM/DD/YYYY hh:mm AM` in the shop's zone <-> ISO 8601 UTC. */
export const shopTime = localTime({ zone: 'America/New_York', pattern: 'MM/DD/YYYY hh:mm AM' })

/** The instant of a local time, in milliseconds since 1970; undefined when there is no such time. */
export function parseShopTime(local: string): number | undefined {
  const instant = shopTime.toService(local)
  return typeof instant === 'string' ? Date.parse(instant) : undefined
}

/** An instant as legacy writes it, to the minute. */
export function formatShopTime(instantMs: number): string {
  return String(shopTime.toLegacy(new Date(instantMs).toISOString()))
}

/** Local time of the shop minus UTC at a whole minute: -5 h in winter, -4 h in summer. */
export function shopOffsetMs(instantMs: number): number {
  return Date.parse(`${formatShopTime(instantMs)} UTC`) - instantMs
}
