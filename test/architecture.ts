import path from 'node:path'

/** A folder with one purpose, and what its source files may import: our own concepts, and libraries. */
export interface Room {
  readonly folder: string
  /** Our own, as `toolkit/base` or `edge-proxy`; the room itself is always allowed. */
  readonly ours: readonly string[]
  /** Our own of which only the types may be imported. */
  readonly typesOf?: readonly string[]
  /** npm packages; Node's own modules are always allowed. */
  readonly libraries: readonly string[]
  /** Files that may read process.env, argv and signals; beside every `main.ts`. */
  readonly process?: true
}

const concept = (name: string, ours: readonly string[], libraries: readonly string[] = []): Room => ({
  folder: `toolkit/src/${name}`,
  ours: ours.map((other) => `toolkit/${other}`),
  libraries,
})

const service = (name: string, libraries: readonly string[]): Room => ({
  folder: `extracted-services/${name}/src`,
  ours: ['base', 'anti-corruption', 'data-sync', 'service-database', 'service-kit', 'sync-worker'].map(
    (other) => `toolkit/${other}`,
  ),
  libraries,
})

/** The house: who may import whom. The table in docs/architecture.md says why. */
export const rooms: readonly Room[] = [
  concept('base', []),
  concept('routing', ['base'], ['yaml', 'zod']),
  concept('compare', ['base'], ['parse5']),
  concept('anti-corruption', ['base'], ['zod']),
  concept('traffic', ['base', 'compare'], ['undici', 'zod']),
  concept('data-sync', ['base', 'compare', 'anti-corruption'], ['better-sqlite3', 'pg', 'pg-logical-replication']),
  concept('service-kit', ['base'], ['fastify', 'pino', 'zod']),
  concept('service-database', ['base'], ['knex']),
  concept('sync-worker', ['base', 'data-sync', 'service-kit'], ['fastify', 'undici']),
  {
    folder: 'toolkit/src/plan',
    ours: ['toolkit/base'],
    typesOf: ['toolkit/routing', 'toolkit/compare', 'toolkit/data-sync'],
    libraries: ['yaml', 'zod'],
  },
  {
    folder: 'edge-proxy/src',
    ours: [
      ...['toolkit/base', 'toolkit/routing', 'toolkit/traffic', 'toolkit/compare'],
      // Parts of them that are loaded alone.
      ...['toolkit/traffic/recording', 'toolkit/traffic/redact', 'toolkit/compare/tally'],
    ],
    libraries: ['@opentelemetry/api', 'chokidar', 'http-proxy', 'pino', 'prom-client'],
  },
  {
    folder: 'cli',
    ours: ['base', 'routing', 'compare', 'traffic', 'anti-corruption', 'data-sync', 'sync-worker/edges', 'plan']
      .map((other) => `toolkit/${other}`)
      .concat('edge-proxy'),
    libraries: ['@clack/prompts', 'cli-table3', 'commander', 'picocolors', 'tsx', 'undici'],
    process: true,
  },
  {
    folder: 'monolith',
    ours: [],
    libraries: [
      '@faker-js/faker',
      '@fastify/cookie',
      '@fastify/formbody',
      'better-sqlite3',
      'fastify',
      'knex',
      'undici',
    ],
  },
  service('orders', [
    '@fastify/swagger',
    '@fastify/swagger-ui',
    'cockatiel',
    'fastify',
    'knex',
    'pino',
    'undici',
    'zod',
  ]),
  service('users', ['@fastify/swagger', '@fastify/swagger-ui', 'fastify', 'knex', 'pino', 'undici', 'zod']),
]

/** What is wrong with one file of a room: `file: imports x, which y may not`. */
export function problemsOf(room: Room, file: string, source: string): string[] {
  const imports = importsOf(source)
    .filter((specifier) => !specifier.startsWith('node:'))
    .filter((specifier) => !allowed(room, file, { specifier, source }))
    .map((specifier) => `${file}: imports ${specifier}, which ${room.folder} may not`)
  return [...imports, ...processProblems(room, file, source)]
}

/** The specifiers of every import, export-from and import() in a source text, in order. */
export function importsOf(source: string): string[] {
  const code = source.replace(/^\s*(\/\/|\*|\/\*).*$/gm, '')
  const forms = /(?:^|[;\s])(?:import|export)\s+(?:[^'";]*?\sfrom\s+)?'([^']+)'|\bimport\(\s*'([^']+)'\s*\)/g
  return [...code.matchAll(forms)].flatMap(([, statement, call]) => statement ?? call ?? [])
}

function allowed(room: Room, file: string, found: { readonly specifier: string; readonly source: string }): boolean {
  const { specifier } = found
  const own = ourName(file, specifier)
  if (own === undefined)
    return room.libraries.some((library) => specifier === library || specifier.startsWith(`${library}/`))
  if (own === 'itself') return true
  if (room.ours.includes(own) && !reachesIntoSource(room, specifier)) return true
  return (room.typesOf ?? []).includes(own) && onlyTypes(found)
}

/** The concept or package of ours that a specifier means; undefined for a library. */
function ourName(file: string, specifier: string): string | undefined {
  if (specifier.startsWith('@banyan/')) return specifier.slice('@banyan/'.length).replace(/^(edge-proxy)\/.*$/, '$1')
  if (!specifier.startsWith('.')) return undefined
  const target = path.posix.normalize(path.posix.join(path.posix.dirname(file), specifier))
  return roomName(target) === roomName(file) ? 'itself' : roomName(target)
}

function roomName(file: string): string {
  const [top = '', second = '', third = ''] = file.split('/')
  if (top === 'toolkit') return second === 'src' ? `toolkit/${third}` : 'toolkit'
  return top === 'extracted-services' ? `${top}/${second}` : top
}

/** Inside the toolkit, concepts import each other by path; every other package goes by `@banyan/...`. */
function reachesIntoSource(room: Room, specifier: string): boolean {
  return specifier.startsWith('.') && !room.folder.startsWith('toolkit/')
}

function onlyTypes({ specifier, source }: { readonly specifier: string; readonly source: string }): boolean {
  const escaped = specifier.replace(/[.*+?^${}()|[\]\\/]/g, '\\$&')
  return new RegExp(`(import|export) type [^'";]*'${escaped}'`).test(source)
}

function processProblems(room: Room, file: string, source: string): string[] {
  if (room.process || /(^|\/|-)main\.ts$/.test(file)) return []
  const found = /\bprocess\.(env|argv|on|once)\b/.exec(source.replace(/^\s*(\/\/|\*|\/\*).*$/gm, ''))
  return found === null ? [] : [`${file}: uses ${found[0]}; only main.ts and cli/ may`]
}
