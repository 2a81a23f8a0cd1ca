// What an edge's memory is worth when clients are many, large and patient: npm run bench:streams
//
//     npm run bench:streams [-- --only idle,upload,events,chat] [-- --quick]
//
// One edge, as a process of its own, with all its defaults; clients and the application behind it are here. Its resident memory is
// read from the system. A piece whose bound does not hold ends the run with 1.
import { availableParallelism, cpus } from 'node:os'
import { parseArgs } from 'node:util'
import { startApplication } from './streams/application.ts'
import { chat } from './streams/chat.ts'
import { type EdgeProcess, startEdgeProcess } from './streams/edge-process.ts'
import { events } from './streams/events.ts'
import { idle } from './streams/idle.ts'
import type { Piece } from './streams/piece.ts'
import { upload } from './streams/upload.ts'

const pieces: Readonly<Record<string, Piece>> = { idle, upload, events, chat }

const { values } = parseArgs({ options: { only: { type: 'string' }, quick: { type: 'boolean', default: false } } })
const chosen = values.only?.split(',') ?? Object.keys(pieces)
const unknown = chosen.filter((name) => !Object.hasOwn(pieces, name))
if (unknown.length > 0) {
  console.error(`no piece "${unknown.join(', ')}"; there are ${Object.keys(pieces).join(', ')}`)
  process.exit(64)
}
console.log(`${cpus()[0]?.model.trim()}, ${availableParallelism()} cores, Node ${process.version}`)
const application = await startApplication()
let missed = 0
for (const name of chosen) {
  const edge = await startEdgeProcess(application.url)
  try {
    missed += (await measured(name, edge)) ? 0 : 1
  } finally {
    await edge.close()
  }
}
await application.close()
process.exitCode = missed > 0 ? 1 : 0

async function measured(name: string, edge: EdgeProcess): Promise<boolean> {
  const before = edge.residentMiB()
  const watch = edge.watchPeak()
  const result = await pieces[name]?.({ edge, application, scale: values.quick ? 0.1 : 1 })
  const peak = watch()
  if (result === undefined) return false
  const after = edge.residentMiB()
  console.log(`\n${name}: ${result.what}`)
  console.log(`  memory   ${before} MiB before, ${peak} MiB at most, ${after} MiB after`)
  for (const line of result.lines) console.log(`  ${line}`)
  const holds = result.wrong === undefined && peak - before <= result.mostGrowthMiB
  const bound = `at most ${result.mostGrowthMiB} MiB more`
  console.log(`  ${holds ? 'holds' : 'MISSED'}    ${bound}${result.wrong === undefined ? '' : `; ${result.wrong}`}`)
  return holds
}
