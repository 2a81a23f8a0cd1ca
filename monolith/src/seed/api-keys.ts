import { createHash } from 'node:crypto'

const clients = [
  'warehouse',
  'erp-bridge',
  'call-center',
  'mobile-app',
  'price-feed',
  'newsletter',
  'returns-desk',
  'analytics',
]

/** A client of the shop's JSON API. */
export interface ApiKey {
  readonly key: string
  readonly name: string
}

/** The demo's API keys, the same every time; none of them opens anything but a demo. */
export function demoApiKeys(count = 200): readonly ApiKey[] {
  return Array.from({ length: count }, (_, index) => {
    const name = `${clients[index % clients.length]}-${Math.floor(index / clients.length) + 1}`
    return { key: `demo-${createHash('sha256').update(`harbor-and-pine/${name}`).digest('hex').slice(0, 24)}`, name }
  })
}
