import { durationWithin } from './duration-shape.ts'
import { members, optional, type Shape } from './shape.ts'
import { size } from './size.ts'
import { wholeNumber } from './whole-number.ts'

/** How large a request of a route may be. */
export interface RequestLimits {
  readonly maxBodyBytes: number
  /** Of the request target: path and query. */
  readonly maxUrlBytes: number
  readonly maxHeaderLines: number
}

/** What the whole edge takes on, and how long it waits for clients. */
export interface EdgeLimits {
  readonly maxConnections: number
  /** Of one client address; of one /64 network of IPv6. Trusted proxies are not counted. */
  readonly maxConnectionsPerAddress: number
  /** From the first byte, or the begin of the connection, to the whole header. */
  readonly headerTimeMs: number
  /** How long a connection may wait for its next request. */
  readonly keepAliveMs: number
  /** How long a client may send or take nothing at all before its rate is looked at. */
  readonly stallMs: number
  /** Slower clients, averaged since they were last waited for, are cut. */
  readonly minBytesPerSecond: number
  readonly maxInFlight: number
  /** How long the event loop may keep requests waiting. */
  readonly maxLagMs: number
  /** Of JavaScript's heap and of buffers together; undefined: three quarters of the heap's own limit. */
  readonly maxMemoryBytes: number | undefined
  /** Of routes that say nothing else. */
  readonly request: RequestLimits
}

const ofRequest = {
  body: optional(size('The largest request body. Default 1GiB.')),
  url: optional(size('The longest path and query. Default 8KiB.')),
  headers: optional(wholeNumber(1, 200, { description: 'The most header lines. Default 200.' })),
}

/** The `limits` of a route as they are written. */
export const requestLimitsShape = members(ofRequest, { description: 'How large a request of this route may be.' })

/** The `limits` of the whole edge as they are written. */
export const edgeLimitsShape = members(
  {
    connections: optional(wholeNumber(1, 1_000_000, { description: 'Open connections. Default 10000.' })),
    'connections-per-address': optional(
      wholeNumber(1, 1_000_000, { description: 'Open connections of one address. Default 5000.' }),
    ),
    'header-time': optional(durationWithin('100ms', '5m', 'How long a request header may take. Default 10s.')),
    'keep-alive': optional(
      durationWithin('1s', '1h', 'How long a connection may wait for its next request. Default 65s.'),
    ),
    stall: optional(durationWithin('1s', '1h', 'How long a client may send or take too little. Default 30s.')),
    'min-rate': optional(size('Bytes per second that a client must at least send or take. Default 1KiB.')),
    'in-flight': optional(wholeNumber(1, 1_000_000, { description: 'Requests served at one time. Default 4096.' })),
    lag: optional(durationWithin('20ms', '1m', 'How long the event loop may keep requests waiting. Default 500ms.')),
    memory: optional(size("Of heap and buffers. Default: three quarters of the heap's own limit.")),
    ...ofRequest,
  },
  { description: 'What the edge takes on, and how long it waits for clients.' },
)

type Read<S> = S extends Shape<infer T> ? T : never

const mebibyte = 1024 ** 2

/** The limits that hold where the route table says none. */
export const defaultLimits: EdgeLimits = {
  maxConnections: 10_000,
  maxConnectionsPerAddress: 5_000,
  headerTimeMs: 10_000,
  keepAliveMs: 65_000,
  stallMs: 30_000,
  minBytesPerSecond: 1_024,
  maxInFlight: 4_096,
  maxLagMs: 500,
  maxMemoryBytes: undefined,
  request: { maxBodyBytes: 1_024 * mebibyte, maxUrlBytes: 8_192, maxHeaderLines: 200 },
}

/** Makes the `limits` of the whole edge into numbers, with the defaults. */
export function compileEdgeLimits(written: Read<typeof edgeLimitsShape> | undefined): EdgeLimits {
  if (written === undefined) return defaultLimits
  return {
    maxConnections: written.connections?.value ?? defaultLimits.maxConnections,
    maxConnectionsPerAddress: written['connections-per-address']?.value ?? defaultLimits.maxConnectionsPerAddress,
    headerTimeMs: written['header-time']?.value ?? defaultLimits.headerTimeMs,
    keepAliveMs: written['keep-alive']?.value ?? defaultLimits.keepAliveMs,
    stallMs: written.stall?.value ?? defaultLimits.stallMs,
    minBytesPerSecond: written['min-rate']?.value ?? defaultLimits.minBytesPerSecond,
    maxInFlight: written['in-flight']?.value ?? defaultLimits.maxInFlight,
    maxLagMs: written.lag?.value ?? defaultLimits.maxLagMs,
    maxMemoryBytes: written.memory?.value,
    request: compileRequestLimits(written, defaultLimits.request),
  }
}

/** Makes the `limits` of a route into numbers; what it does not say is as `others`. */
export function compileRequestLimits(
  written: Read<typeof requestLimitsShape> | undefined,
  others: RequestLimits,
): RequestLimits {
  if (written === undefined) return others
  return {
    maxBodyBytes: written.body?.value ?? others.maxBodyBytes,
    maxUrlBytes: written.url?.value ?? others.maxUrlBytes,
    maxHeaderLines: written.headers?.value ?? others.maxHeaderLines,
  }
}
