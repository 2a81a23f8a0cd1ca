// Installs what is missing before start, demo, workshop and test. Plain JavaScript without dependencies: it runs first.
import { spawnSync } from 'node:child_process'
import { existsSync, statSync } from 'node:fs'
import path from 'node:path'
import { fileURLToPath } from 'node:url'

const root = path.dirname(path.dirname(fileURLToPath(import.meta.url)))
const windows = process.platform === 'win32'

checkNode()
if (!installed()) install()

function checkNode() {
  const [major = 0, minor = 0] = process.versions.node.split('.').map(Number)
  if (major > 20 || (major === 20 && minor >= 19)) return
  fail(`Banyan needs Node 20.19 or newer; this is ${process.versions.node}.`, 'Install a newer one from nodejs.org.')
}

/** npm writes node_modules/.package-lock.json at the end of each install. */
function installed() {
  const mark = path.join(root, 'node_modules', '.package-lock.json')
  return existsSync(mark) && statSync(mark).mtimeMs >= statSync(path.join(root, 'package-lock.json')).mtimeMs
}

function install() {
  process.stderr.write(
    'Installing dependencies (npm ci). The first time takes one to three minutes: SQLite may have to compile.\n',
  )
  const { status } = spawnSync('npm', ['ci', '--no-fund', '--no-audit', '--loglevel=error'], {
    cwd: root,
    stdio: ['ignore', 2, 2],
    shell: windows,
  })
  if (status !== 0) fail('npm ci failed; its message stands above.', compilerHint())
  if (!sqliteLoads() && !rebuildSqlite())
    fail('better-sqlite3 has no binary for this Node and could not be compiled.', compilerHint())
}

function sqliteLoads() {
  const probe = "new (require('better-sqlite3'))(':memory:').close()"
  return spawnSync(process.execPath, ['-e', probe], { cwd: root, stdio: 'ignore' }).status === 0
}

/** Some npm versions skip install scripts; a rebuild that names the package runs its script. */
function rebuildSqlite() {
  spawnSync('npm', ['rebuild', 'better-sqlite3', '--loglevel=error'], {
    cwd: root,
    stdio: ['ignore', 2, 2],
    shell: windows,
  })
  return sqliteLoads()
}

function compilerHint() {
  const missing = ['python3', 'make', 'c++'].filter((tool) => !onPath(tool))
  if (missing.length === 0) return 'Run "npm ci" by hand to see more.'
  const remedy = {
    linux:
      'apt-get install -y build-essential python3   (Fedora: dnf install gcc-c++ make python3; Alpine: apk add build-base python3)',
    darwin: 'xcode-select --install',
    win32: 'install "Desktop development with C++" from the Visual Studio Build Tools, and Python 3',
  }[process.platform]
  return `SQLite must compile here, and ${missing.join(', ')} is missing. Install: ${remedy ?? 'a C++ compiler, make and Python 3'}`
}

function onPath(tool) {
  const names = windows ? [`${tool}.exe`] : [tool]
  return (process.env.PATH ?? '')
    .split(path.delimiter)
    .some((dir) => names.some((name) => existsSync(path.join(dir, name))))
}

function fail(what, remedy) {
  process.stderr.write(`banyan: ${what}\n  ${remedy}\n`)
  process.exit(1)
}
