import { parseDurationMs } from '../base/index.ts'
import { compareRule } from './compare-rule.ts'
import { edgeLimitsShape, requestLimitsShape } from './limits-rule.ts'
import { listenShape } from './listen-rule.ts'
import { accessLogShape, exposeShape } from './observe-rule.ts'
import { originAllowed, parseHost, parseOrigin } from './origin.ts'
import { matching, type Parsed, shortened } from './parsed.ts'
import { parsePathPattern, pathPatternAllowed } from './path-pattern.ts'
import { routePolicyMembers, upstreamPolicyMembers } from './policy-document.ts'
import { rateShape } from './rate-rule.ts'
import { recordingShape } from './recording-document.ts'
import { rewriteShape } from './rewrite-rule.ts'
import { parsePercent, parseServe } from './serve.ts'
import { exactly, list, members, named, oneOf, optional, required, type Shape, text } from './shape.ts'

/** The methods that a route may name: those that a Node server reads (RFC 9110 and WebDAV), but CONNECT and TRACE. */
const knownMethods = [
  ...['GET', 'HEAD', 'POST', 'PUT', 'PATCH', 'DELETE', 'OPTIONS', 'ACL', 'BIND', 'CHECKOUT', 'COPY', 'LINK', 'LOCK'],
  ...['M-SEARCH', 'MERGE', 'MKACTIVITY', 'MKCALENDAR', 'MKCOL', 'MOVE', 'NOTIFY', 'PROPFIND', 'PROPPATCH', 'PURGE'],
  ...['REBIND', 'REPORT', 'SEARCH', 'SOURCE', 'SUBSCRIBE', 'UNBIND', 'UNLINK', 'UNLOCK', 'UNSUBSCRIBE', 'QUERY'],
] as const

const namePattern = /^[A-Za-z0-9][A-Za-z0-9._-]{0,99}$/
const name = text(
  'Allowed: letters, digits, ".", "_" and "-", beginning with a letter or digit, at most 100.',
  matching(namePattern, 'a name'),
  { pattern: namePattern.source },
)

const tokenPattern = /^[!#$%&'*+\-.^_`|~0-9A-Za-z]{1,200}$/
const token = (what: string, description: string, parse = matching(tokenPattern, what)) =>
  text('Allowed: a token of RFC 9110, such as x-api-key.', parse, {
    pattern: tokenPattern.source,
    description,
  })

const headerName = (description: string) => token("a header's name", description, parseHeaderName)

const origin = text(originAllowed, parseOrigin, {
  pattern: '^https?://[^/?#@]+/?$',
  description: 'An origin, such as http://127.0.0.1:4000.',
})

const file = (description: string) =>
  text('Write a path, relative to this file.', matching(/^[^\0]{1,4096}$/, 'a path'), { minLength: 1, description })

const duration = text('Allowed: a number with a unit, such as 500ms, 30s or 2m; from 1ms to 1h.', parseTimeout, {
  pattern: '^\\d+(\\.\\d+)?(ms|s|m|h)$',
  description: 'How long the upstream may take until its response headers. Default 30s.',
})

const environmentName = text(
  'Allowed: letters, digits and "_", such as USERS_DATABASE_URL.',
  matching(/^[A-Za-z_][A-Za-z0-9_]*$/, "an environment variable's name"),
  { pattern: '^[A-Za-z_][A-Za-z0-9_]*$' },
)

const database = members({ env: required(environmentName) }, { description: 'Where the database URL is found.' })

const upstream = members(
  {
    url: optional(origin),
    urls: optional(list(origin, 1, { description: 'Several origins of the same application.' })),
    host: optional(
      oneOf(['preserve', 'upstream'], {
        description: "Which Host the upstream gets: the client's (default) or its own.",
      }),
    ),
    ca: optional(file('A PEM file with the certificate authority to trust.')),
    timeout: optional(duration),
    ...upstreamPolicyMembers,
  },
  {
    oneOf: [{ required: ['url'] }, { required: ['urls'] }],
    description: 'A base URL, or several, that can answer.',
  },
)

const capability = members(
  {
    legacy: required(name),
    service: required(name),
    owner: optional(
      oneOf(['legacy', 'service'], {
        description: 'Who may write; mirrors the databases, only `banyan cutover` changes it. Default legacy.',
      }),
    ),
    manifest: optional(file('The capability manifest: what the data sync knows of it.')),
    databases: optional(members({ legacy: required(database), service: required(database) }, {})),
    compare: optional(list(compareRule, 0, {})),
  },
  { description: 'A business ability that moves as one piece: its two arms and who owns its data.' },
)

const matchedValue = text('Write the exact value; "" means that it is there.', (value) => ({ ok: true, value }), {})

const match = members(
  {
    host: optional(
      text('Allowed: a host name or address, with or without a port.', parseHost, {
        description: 'The exact Host, in any case; without a port it holds for every port.',
      }),
    ),
    path: optional(
      text(pathPatternAllowed, parsePathPattern, { pattern: '^/', description: '/api/customers/:id or /api/*.' }),
    ),
    methods: optional(
      list(
        oneOf(
          knownMethods,
          {},
          'Allowed: GET, POST, PUT, PATCH, DELETE or another method of HTTP or WebDAV, in capitals.',
        ),
        1,
        { description: 'Any of these; GET takes HEAD too. Left out: every method.' },
      ),
    ),
    headers: optional(named(headerName('A header.'), matchedValue, { description: 'All must be equal.' })),
    query: optional(
      named(text('Write a name.', matching(/^[\s\S]{1,200}$/, 'a name'), {}), matchedValue, {
        description: 'Query parameters; all must be equal.',
      }),
    ),
  },
  { description: 'Which requests the route takes: all that is given must hold.' },
)

const share = text('Allowed: 0% to 100%, in steps of 0.01%.', parsePercent, { pattern: '^\\d{1,3}(\\.\\d{1,2})? ?%$' })

const shadowWrites = members(
  {
    reason: required(
      text('Say why the other arm may execute them too.', matching(/\S/, 'a reason'), {
        minLength: 1,
        description: 'Why it is safe that the other arm really executes each of them, such as: it runs on a copy.',
      }),
    ),
  },
  { description: 'Shadows methods that write, too: the other arm executes them. Not where data is synced.' },
)

const route = members(
  {
    name: required(name),
    capability: optional(name),
    upstream: optional(name),
    match: optional(match),
    serve: optional(
      text('Allowed: legacy, service, owner, or a share of callers such as 5%.', parseServe, {
        pattern: '^(legacy|service|owner|\\d{1,3}(\\.\\d{1,2})? ?%)$',
        description: 'Who answers. Default legacy.',
      }),
    ),
    shadow: optional({ ...share, schema: { ...share.schema, description: shadowDescription() } }),
    'shadow-writes': optional(shadowWrites),
    rate: optional(rateShape),
    limits: optional(requestLimitsShape),
    rewrite: optional(rewriteShape),
    ...routePolicyMembers,
    expose: optional(exposeShape),
  },
  {
    oneOf: [{ required: ['capability'] }, { required: ['upstream'] }],
    description: 'Which requests, which capability or upstream, who serves, how much is shadowed.',
  },
)

/** A route table as it is written: its JSON Schema, and its reader with every mistake at its place. */
export const routeTableShape = members(
  {
    version: required(exactly(1, { description: 'The version of this format.' })),
    edges: optional(list(origin, 0, { description: 'The admin address of every edge.' })),
    listen: optional(listenShape),
    limits: optional(edgeLimitsShape),
    caller: optional(
      members(
        {
          cookie: optional(token("a cookie's name", 'The session cookie that tells callers apart.')),
          header: optional(headerName('The header (an API key) that tells callers apart.')),
        },
        { description: "Who counts as one caller; else a cookie of the edge's own." },
      ),
    ),
    upstreams: required(named(name, upstream, { minProperties: 1 })),
    capabilities: optional(named(name, capability, {})),
    recording: optional(recordingShape),
    'access-log': optional(accessLogShape),
    expose: optional(exposeShape),
    routes: required(list(route, 1, { description: 'Every route; one must catch all and go to the monolith.' })),
  },
  { title: 'Banyan route table' },
)

type Read<S> = S extends Shape<infer T> ? T : never

/** A route table as it is written; what was wrong is left out. */
export type RouteTableDocument = Read<typeof routeTableShape>
/** A route as it is written. */
export type RouteDocument = Read<typeof route>
/** A capability as it is written. */
export type CapabilityDocument = Read<typeof capability>
/** An upstream as it is written. */
export type UpstreamDocument = Read<typeof upstream>

function parseHeaderName(text: string): Parsed<string> {
  return matching(tokenPattern, "a header's name")(text.toLowerCase())
}

function parseTimeout(text: string): Parsed<number> {
  const ms = parseDurationMs(text)
  if (ms !== undefined && ms >= 1 && ms <= 3_600_000) return { ok: true, value: ms }
  return { ok: false, message: `"${shortened(text)}" is no time-out` }
}

function shadowDescription(): string {
  return 'The share of safe requests that the other arm also receives, only to compare. Default 0%.'
}
