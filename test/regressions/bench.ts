import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import path from 'node:path'
import type { ComparisonReport } from '@banyan/toolkit/compare'
import { demoApiKeys } from '../../monolith/src/seed/api-keys.ts'
import type { Additions } from './additions.ts'
import { startArmProcess } from './arm-process.ts'
import { banyan } from './banyan.ts'
import { copyDatabases, makeDatabases } from './databases.ts'
import { recordShoppers } from './record.ts'
import { writeRouteTable } from './route-table.ts'
import type { Plant } from './spoiler.ts'

/** What one replay is about. */
export interface Trial {
  readonly plants?: readonly Plant[]
  readonly additions?: Additions
  /** Only the first exchanges of the recording; default: all. */
  readonly exchanges?: number
  readonly maxMismatch?: string
}

/** What one replay gave, beside what was really planted. */
export interface Tried {
  readonly report: ComparisonReport
  readonly exitCode: number
  readonly said: string
  /** Answers that were spoiled, by regression. */
  readonly spoiled: Readonly<Record<string, number>>
}

/** Both arms as processes of their own, a recording of shoppers, and replays of it. */
export interface Bench {
  /** Replays on fresh copies of both databases. */
  attempt(trial: Trial): Promise<Tried>
  close(): Promise<void>
}

const scale = 0.25

/** Seeds a shop, copies its customers into the users service, and records shoppers in front of the shop. */
export async function openBench(exchanges: number): Promise<Bench> {
  const folder = await mkdtemp(path.join(tmpdir(), 'banyan-regressions-'))
  const arms = { legacy: startArmProcess(), service: startArmProcess() }
  const originals = await makeDatabases(folder, scale)
  const openArms = async ({ additions = 'figures', plants = [] }: Trial) => {
    const databases = await copyDatabases(originals, folder)
    const [legacy, service] = await Promise.all([
      arms.legacy.serve({ arm: 'legacy', database: databases.legacy, additions, plants: [] }),
      arms.service.serve({ arm: 'service', database: databases.service, additions, plants }),
    ])
    return { legacy, service }
  }
  const { legacy } = await openArms({})
  const recording = await recordShoppers({ folder, legacy, exchanges })
  await writeRouteTable(folder, { legacy })
  await writeFile(path.join(folder, 'headers'), `x-api-key: ${demoApiKeys()[0]?.key}\n`, { mode: 0o600 })
  return {
    async attempt(trial) {
      const urls = await openArms(trial)
      const file = await firstOf(recording, trial.exchanges)
      const ran = await banyan(folder, replayArguments(file, urls, trial))
      const spoiled = await arms.service.spoiled()
      return { report: reportOf(ran.stdout, ran.stderr), exitCode: ran.code, said: ran.stderr, spoiled }
    },
    async close() {
      await Promise.all([arms.legacy.stop(), arms.service.stop()])
      await rm(folder, { recursive: true, force: true })
    },
  }
}

function replayArguments(file: string, urls: { readonly legacy: string; readonly service: string }, trial: Trial) {
  const arms = ['--legacy', urls.legacy, '--service', urls.service, '--header-file', 'headers']
  return ['replay', file, ...arms, '--writes', 'send', '--max-mismatch', trial.maxMismatch ?? '0%', '--json']
}

/** The recording itself, or a shorter one with its header and first exchanges. */
async function firstOf(recording: string, exchanges: number | undefined): Promise<string> {
  if (exchanges === undefined) return recording
  const file = path.join(path.dirname(recording), `first-${exchanges}.ndjson`)
  const lines = (await readFile(recording, 'utf8')).split('\n')
  await writeFile(file, `${lines.slice(0, 1 + exchanges).join('\n')}\n`)
  return file
}

function reportOf(stdout: string, stderr: string): ComparisonReport {
  try {
    return JSON.parse(stdout)
  } catch {
    throw new Error(`no report: ${stderr}`)
  }
}
