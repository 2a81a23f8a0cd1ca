// Old against new, beside its floors and limits, on one core: npm run bench:compare
//
//     npm run bench:compare [-- --only structural,replay,recording] [-- --quick] [-- --source]
//
// What is measured is the built toolkit, as it is published; --source runs the TypeScript through tsx, which names every closure
// that is made while it runs.
//
// Each folder of benchmarks/compare/ with a main.ts is a piece. It runs in a process of its own, pinned to the last core where
// taskset is there; a ratio is always of two figures of one run. Pieces end with 1 when they miss what they are to reach.
import { spawnSync } from 'node:child_process'
import { existsSync, readdirSync } from 'node:fs'
import { availableParallelism, cpus } from 'node:os'
import path from 'node:path'
import { parseArgs } from 'node:util'

const { values } = parseArgs({
  options: {
    only: { type: 'string' },
    quick: { type: 'boolean', default: false },
    source: { type: 'boolean', default: false },
  },
})
const folder = path.join(import.meta.dirname, 'compare')
const pieces = readdirSync(folder).filter((name) => existsSync(path.join(folder, name, 'main.ts')))
const chosen = values.only?.split(',') ?? pieces
const unknown = chosen.filter((name) => !pieces.includes(name))
if (unknown.length > 0) {
  console.error(`no piece "${unknown.join(', ')}"; there are ${pieces.join(', ')}`)
  process.exit(64)
}
if (!values.source) build()
console.log(`${cpus()[0]?.model.trim()}, ${availableParallelism()} cores, Node ${process.version}`)
const missed = chosen.filter((name) => !measured(name))
if (missed.length > 0) console.error(`missed: ${missed.join(', ')}`)
process.exitCode = missed.length > 0 ? 1 : 0

function build(): void {
  const root = path.join(import.meta.dirname, '..')
  const { status } = spawnSync('npm', ['run', '--silent', 'prepack', '-w', 'toolkit'], { cwd: root, stdio: 'inherit' })
  if (status !== 0) throw new Error('the toolkit does not build')
}

function measured(name: string): boolean {
  console.log(`\n${name}`)
  const from = values.source ? ['--conditions=banyan-source'] : []
  const node = [process.execPath, '--import', 'tsx', ...from, path.join(folder, name, 'main.ts')]
  const command = [...pinned(), ...node, ...(values.quick ? ['--quick'] : [])]
  return spawnSync(command[0] ?? '', command.slice(1), { stdio: 'inherit' }).status === 0
}

function pinned(): readonly string[] {
  const core = String(availableParallelism() - 1)
  const works = spawnSync('taskset', ['-c', core, 'true'], { stdio: 'ignore' }).status === 0
  return works ? ['taskset', '-c', core] : []
}
