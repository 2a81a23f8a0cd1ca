import type { Stats } from '../settle/stats.ts'
import type { OpenPublic } from './open-public.ts'

/** Adds what the public listener holds to an edge's metrics. */
export function addListenerMetrics({ gauge }: Pick<Stats, 'gauge'>, { open, certificate }: OpenPublic): void {
  gauge('banyan_connections', 'Open connections of clients', open)
  if (certificate() === undefined) return
  gauge('banyan_certificate_expires_seconds', 'When the certificate ends, in seconds since 1970', () => {
    const { validUntil } = certificate() ?? { validUntil: '' }
    return Date.parse(validUntil) / 1000
  })
}
