import type { Probe } from './probe.ts'

/** What the first route table of an application is written from. */
export interface FirstRouteTable {
  readonly legacy: Probe
  /** The second server, when there is one already. */
  readonly service: string | undefined
  readonly admin: string
}

/** The text of a first route table: everything goes to the legacy application, and the comments say what comes next. */
export function firstRouteTable({ legacy, service, admin }: FirstRouteTable): string {
  return `# yaml-language-server: $schema=./route-table.schema.json
#
# Who answers which request. The edge reloads this file when it changes and keeps the last good one.
#   banyan routes check                      everything that is wrong with this file
#   banyan routes explain GET /some/path     which route takes a request, and why
#
# The application, as it was found:
${foundIn(legacy)
  .map((line) => `#   ${line}\n`)
  .join('')}
version: 1
edges: [${admin}] # admin address of every edge; a flip asks them all
${caller(legacy)}
# Who can answer.
upstreams:
  legacy: { url: ${legacy.url}${hostOption(legacy)} }
${service === undefined ? `  # service: { url: http://127.0.0.1:4000 }` : `  service: { url: ${service} }`}
${service === undefined ? withoutService : withService}  # First in, last out: what no other route takes goes to the application.
  - name: everything-else
    match: { path: /* }
    upstream: legacy
`
}

/** What a probe showed, in lines for people. */
export function foundIn({ url, status, contentType, location, cookies, hostSensitive }: Probe): readonly string[] {
  const hosts = {
    no: 'the same under another Host',
    status: 'another Host is refused or answered differently: so the edge sends its own ("host: upstream")',
    location: 'redirects name the Host that was sent: so the edge keeps the Host of the caller',
    body: 'the page names the Host that was sent: so the edge keeps the Host of the caller',
  }
  return [
    `GET ${url}/ answered ${status}${contentType === undefined ? '' : `, ${printable(contentType)}`}`,
    ...(location === undefined ? [] : [`it redirects to ${printable(location)}`]),
    cookies.length === 0 ? 'it sets no cookie' : `it sets the cookies ${printable(cookies.join(', '))}`,
    hosts[hostSensitive],
  ]
}

/** What an application sent must not end the comment that it stands in. */
function printable(text: string): string {
  return text.replace(/[^\x20-\x7e]/g, '?').slice(0, 100)
}

function hostOption({ hostSensitive }: Probe): string {
  return hostSensitive === 'status' ? ', host: upstream' : ''
}

function caller({ cookies }: Probe): string {
  const session = cookies.find((name) => /^[\w.-]+$/.test(name) && /sess|sid/i.test(name))
  if (session === undefined)
    return '# caller: { cookie: SESSION } # who counts as one caller; else a cookie of the edge\n'
  return `caller: { cookie: ${JSON.stringify(session)} } # who counts as one caller; else a cookie of the edge\n`
}

const withService = `
# What moves as one piece, from its legacy arm to its service arm.
capabilities:
  first: # give it the name of your ability, such as users
    legacy: legacy
    service: service
    owner: legacy # who may write

# The most specific route takes a request: banyan flip moves one of them, banyan undo takes it back.
routes:
  # Narrow the path to what the service can answer, such as /api/customers/:id.
  - name: first.read
    capability: first
    match: { methods: [GET, HEAD], path: /* }
    serve: legacy # or service, or the share of callers that it answers, such as 5%
    shadow: 0% # the share of requests that the other arm also gets, only to compare
`

const withoutService = `
# What moves as one piece, from its legacy arm to its service arm.
# capabilities:
#   users: { legacy: legacy, service: service, owner: legacy } # owner: who may write

# The most specific route takes a request: banyan flip moves one of them, banyan undo takes it back.
routes:
  # - name: users.read
  #   capability: users
  #   match: { methods: [GET, HEAD], path: /api/customers/:id }
  #   serve: legacy # or service, or the share of callers that it answers, such as 5%
  #   shadow: 0% # the share of requests that the other arm also gets, only to compare
`
