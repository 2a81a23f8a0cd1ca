import type { Refusal } from '../request/refusal.ts'
import type { Because } from './waiting-line.ts'

const retryAfterSeconds = 1

/** The answer to a write that met a hold and is sent to no upstream. */
export function holdRefusal(because: Because, capability: string): Refusal {
  const unavailable = { status: 503, title: 'Service Unavailable', close: false, retryAfterSeconds }
  switch (because) {
    case 'past-bound': {
      const detail = `the data of "${capability}" is changing its owner, and this request cannot wait any longer. It was not executed: send it again`
      return { ...unavailable, code: 'hold-past-bound', detail }
    }
    case 'edge-stops': {
      const detail = 'the edge is being stopped. The request was held and not executed: send it again'
      return { ...unavailable, code: 'draining', detail, close: true }
    }
  }
}

/** The answer to a WebSocket handshake that a hold meets: messages cannot be held, so no connection is opened. */
export function upgradeRefusal(capability: string): Refusal {
  return {
    ...holdRefusal('past-bound', capability),
    code: 'hold-no-upgrade',
    detail: `the data of "${capability}" is changing its owner. No connection is upgraded meanwhile: try again`,
    close: true,
  }
}
