import { traceparentOf } from '@banyan/toolkit/service-kit'
import type { FastifyRequest } from 'fastify'
import type { PassedOn } from './neighbour.ts'

/** What a request brings that its questions to neighbours carry on: its API key, its id, and its trace. */
export function passedOnFrom(request: FastifyRequest): PassedOn {
  return {
    'x-api-key': String(request.headers['x-api-key'] ?? ''),
    'x-request-id': request.id,
    traceparent: traceparentOf(request.trace),
  }
}
