// What is measured: nginx with one worker, http-proxy, undici, and the edge with all its features on.
import { spawnSync } from 'node:child_process'
import { mkdirSync, openSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { bodies } from './bodies.mjs'
import { answers, freePort, start, startHelper, told } from './processes.mjs'

const root = join(import.meta.dirname, '..', '..')

const hasNginx = spawnSync('nginx', ['-v']).error === undefined

/** nginx with one worker and kept upstream connections; undefined, and said, where it is not installed. */
export async function startNginx(folder, upstreamPort, core = 'proxy') {
  if (!hasNginx) {
    process.stdout.write('nginx is not installed, so its columns stay empty: apt-get install nginx-light\n')
    return undefined
  }
  const child = await runNginx(
    join(folder, `nginx-${core}`),
    (port) => `
  upstream up { server 127.0.0.1:${upstreamPort}; keepalive 256; keepalive_requests 1000000000; keepalive_timeout 600s; }
  server { listen 127.0.0.1:${port} backlog=1024; location / { proxy_pass http://up; proxy_http_version 1.1;
    proxy_set_header Connection ""; proxy_set_header Host $host; proxy_max_temp_file_size 0; } }`,
    core,
  )
  return { name: 'nginx', ...child }
}

/** The port of an nginx that gives what `upstream.mjs` gives, for less; undefined where it is not installed. */
export async function startNginxUpstream(folder) {
  if (!hasNginx) return undefined
  const files = join(folder, 'upstream', 'api', 'customers')
  mkdirSync(files, { recursive: true })
  for (const [name, body] of Object.entries(bodies)) writeFileSync(join(files, name === 'small' ? '7' : name), body)
  const { port } = await runNginx(
    join(folder, 'nginx-upstream'),
    (free) => `
  server { listen 127.0.0.1:${free} backlog=1024; default_type application/json; location / { return 200 '${bodies.small}'; }
    location = /api/customers/64k { root ${folder}/upstream; } location = /api/customers/1m { root ${folder}/upstream; } }`,
    'load',
  )
  return port
}

async function runNginx(home, http, core) {
  const port = await freePort()
  mkdirSync(home)
  const temporary = ['client_body', 'proxy', 'fastcgi', 'uwsgi', 'scgi'].map(
    (each) => `${each}_temp_path ${home}/${each};`,
  )
  writeFileSync(
    join(home, 'nginx.conf'),
    `daemon off; worker_processes 1; master_process off; pid ${home}/pid; error_log ${home}/error crit;
events { worker_connections 4096; }
http { access_log off; keepalive_requests 1000000000; keepalive_timeout 600s; tcp_nodelay on; ${temporary.join(' ')}
${http(port)} }`,
  )
  const child = start(core, ['nginx', '-c', join(home, 'nginx.conf'), '-e', join(home, 'error')])
  await answers(port)
  return { child, port }
}

/** A proxy in a file of this folder. */
export async function startProxy(name, upstreamPort, core = 'proxy') {
  const child = startHelper(core, `${name}.mjs`, `http://127.0.0.1:${upstreamPort}`)
  return { name, child, port: await told(child) }
}

let edges = 0

/** The edge: by default with 100 routes, and a shadow for none of its requests. */
export async function startEdge(
  folder,
  { upstreamPort, routes = 100, shadowPort, source = false, profile, name = 'edge', core = 'proxy' },
) {
  edges += 1
  const home = join(folder, `edge-${edges}`)
  mkdirSync(join(home, 'logs'), { recursive: true })
  const file = join(home, 'routes.yaml')
  writeFileSync(file, routesOf(upstreamPort, { routes, shadowPort }))
  const [port, adminPort] = [await freePort(), await freePort()]
  const main = source
    ? ['--import', 'tsx', '--conditions=banyan-source', 'edge-proxy/src/main.ts']
    : ['edge-proxy/dist/main.js']
  const cpuProfile = profile === undefined ? [] : ['--cpu-prof', `--cpu-prof-dir=${profile}`]
  const state = join(home, 'state')
  const environment = { EDGE_ROUTES: file, BANYAN_STATE: state, EDGE_PORT: port, ADMIN_PORT: adminPort }
  // As docker-compose.yml starts it, and as `--workers` does.
  const child = start(
    core,
    [process.execPath, '--max-semi-space-size=8', '--single-threaded-gc', ...cpuProfile, ...main],
    {
      cwd: root,
      env: {
        ...process.env,
        ...Object.fromEntries(Object.entries(environment).map(([key, value]) => [key, String(value)])),
      },
      stdio: ['ignore', openSync(join(home, 'logs', 'access.log'), 'w'), 'inherit'],
    },
  )
  await answers(port)
  return { name, child, port, file, admin: (path) => askAdmin(adminPort, state, path) }
}

async function askAdmin(port, state, path) {
  const token = readFileSync(join(state, 'admin-token'), 'utf8').trim()
  const answer = await fetch(`http://127.0.0.1:${port}${path}`, { headers: { authorization: `Bearer ${token}` } })
  return answer.json()
}

/** So many routes, of which the one that is asked for is in the middle. */
export function routesOf(upstreamPort, { routes, shadowPort }) {
  const route = (n) => `  - { name: route-${n}, upstream: monolith, match: { methods: [GET], path: /area-${n}/:id } }`
  const half = Math.floor((routes - 2) / 2)
  const around = (from) => Array.from({ length: half }, (_, n) => route(from + n)).join('\n')
  const shadow = shadowPort === undefined ? '' : ', shadow: 100%'
  return `version: 1
caller: { cookie: SHOPSESSID, header: x-api-key }
upstreams:
  monolith: { url: "http://127.0.0.1:${upstreamPort}" }
  users: { url: "http://127.0.0.1:${shadowPort ?? upstreamPort}" }
capabilities:
  users: { legacy: monolith, service: users, owner: legacy }
routes:
${around(0)}
  - { name: users.read, capability: users, match: { methods: [GET], path: /api/customers/:id }, serve: legacy${shadow} }
${around(half)}
  - { name: everything-else, upstream: monolith, match: { path: "/*" } }
`
}
