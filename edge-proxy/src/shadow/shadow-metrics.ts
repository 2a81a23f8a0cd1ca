import { Gauge } from 'prom-client'
import { shadowShedReasons } from '../passage/shadow-shed.ts'
import type { Stats } from '../settle/stats.ts'
import type { Shadow } from './shadow.ts'

/** Adds what a shadow has to do, and what it left out, to an edge's metrics. */
export function addShadowMetrics({ gauge, registry }: Stats, shadow: Pick<Shadow, 'stats'>): void {
  gauge('banyan_shadow_queued', 'Shadows that wait for their turn', () => shadow.stats().queued)
  gauge('banyan_shadow_running', 'Shadows under way', () => shadow.stats().running)
  gauge('banyan_shadow_shed', 'Shadows left out since the start because a bound was reached', () => shadow.stats().shed)
  new Gauge({
    name: 'banyan_shadow_shed_by',
    help: 'The same by why: full, busy, overloaded, silent, too-large',
    labelNames: ['why'],
    registers: [registry],
    collect() {
      const { shedBy } = shadow.stats()
      for (const why of shadowShedReasons) this.labels(why).set(shedBy[why])
    },
  })
}
