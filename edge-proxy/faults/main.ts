import { parseArgs } from 'node:util'
import { loadWhileClockJumps } from './clock-jumps.ts'
import type { Load } from './fault-world.ts'
import { reloadUnderLoad } from './reload-under-load.ts'

const { values } = parseArgs({ options: { seconds: { type: 'string', default: '30' } } })
const seconds = Number(values.seconds)

const reloaded = await reloadUnderLoad(seconds)
print(`${reloaded.reloads} reloads of the route table in ${seconds} s`, reloaded)
print(`clock set each 10 ms for ${seconds} s`, await loadWhileClockJumps(seconds))

function print(what: string, { right, wrong }: Load): void {
  console.log(`${what}: ${right} requests answered, ${wrong.length} failed`)
  for (const line of wrong.slice(0, 10)) console.log(`  ${line}`)
  if (wrong.length > 0 || right === 0) process.exitCode = 1
}
