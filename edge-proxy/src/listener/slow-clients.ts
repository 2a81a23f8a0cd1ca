import type { Socket } from 'node:net'
import type { EdgeLimits } from '@banyan/toolkit/routing'
import { cutUpload } from '../request/cut-upload.ts'
import { newRequestId } from '../request/identifiers.ts'
import type { Incoming } from '../request/incoming.ts'
import type { Refusal } from '../request/refusal.ts'
import { judgeProgress, type Watched } from './progress.ts'

/** Cuts clients that send a body, or take an answer, too slowly. */
export interface SlowClients {
  close(): void
}

/** What is watched, and what is told of who was cut. */
export interface SlowClientsOptions {
  limits(): EdgeLimits
  /** The requests that are being served. */
  requests(): Iterable<Incoming>
  sockets(): Iterable<Socket>
  cut(refusal: Refusal): void
  /** How often is looked. Default 1000 ms. */
  readonly everyMs?: number
}

/**
 * Looks at all requests and connections once a second, so that none pays for a timer, or for being watched. Only what waits for the client counts: an upload that the upstream does not
 * take, or an answer that it has not given, is nobody's slowness here.
 */
export function watchSlowClients({ limits, requests, sockets, cut, everyMs = 1_000 }: SlowClientsOptions): SlowClients {
  const uploads = new WeakMap<Incoming, Watched | 'slow'>()
  const downloads = new WeakMap<Socket, Watched>()
  const look = () => {
    const nowMs = performance.now()
    const now = limits()
    for (const incoming of requests()) {
      const before = uploads.get(incoming)
      if (incoming.request.complete || before === 'slow') continue
      const watched = lookAtUpload(incoming, before, { nowMs, limits: now })
      uploads.set(incoming, watched)
      if (watched !== 'slow') continue
      cutUpload(incoming, slowBody, newRequestId())
      cut(slowBody)
    }
    for (const socket of sockets()) {
      if (socket.writableLength === 0) downloads.delete(socket)
      else if (isStalled(socket, downloads, { nowMs, limits: now })) {
        socket.destroy()
        cut(slowReader)
      }
    }
  }
  const timer = setInterval(look, everyMs)
  timer.unref()
  return {
    close: () => clearInterval(timer),
  }
}

interface Look {
  readonly nowMs: number
  readonly limits: EdgeLimits
}

function progressOf({ request }: Incoming, sinceMs: number): Watched {
  return { sinceMs, from: request.socket.bytesRead }
}

function lookAtUpload(incoming: Incoming, before: Watched | undefined, { nowMs, limits }: Look): Watched | 'slow' {
  const { request } = incoming
  const waitsForClient = request.readableFlowing === true && request.readableLength === 0
  if (before === undefined || !waitsForClient) return progressOf(incoming, nowMs)
  const verdict = judgeProgress(before, { nowMs, bytes: request.socket.bytesRead, pending: 0 }, limits)
  if (verdict === 'moving') return progressOf(incoming, nowMs)
  return verdict === 'slow' ? 'slow' : before
}

function isStalled(socket: Socket, downloads: WeakMap<Socket, Watched>, { nowMs, limits }: Look): boolean {
  const pending = socket.writableLength
  // Node counts what waits as written.
  const bytes = socket.bytesWritten - pending
  const watched = downloads.get(socket)
  const verdict = watched === undefined ? 'moving' : judgeProgress(watched, { nowMs, bytes, pending }, limits)
  if (verdict === 'moving') downloads.set(socket, { sinceMs: nowMs, from: bytes })
  return verdict === 'slow'
}

const slowBody: Refusal = {
  status: 408,
  code: 'body-too-slow',
  title: 'Request Timeout',
  detail: 'the request body came too slowly',
  close: true,
}

const slowReader: Refusal = { ...slowBody, code: 'reader-too-slow', detail: 'the answer was taken too slowly' }
