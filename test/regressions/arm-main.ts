import { knowsKey } from '@banyan/toolkit/service-kit'
import type { FastifyInstance } from 'fastify'
import type { Knex } from 'knex'
import { buildApp as buildUsersApp } from '../../extracted-services/users/src/app.ts'
import { connectDatabase } from '../../extracted-services/users/src/database/connect.ts'
import { ownershipIn } from '../../extracted-services/users/src/database/ownership.ts'
import { buildApp as buildShop } from '../../monolith/src/app.ts'
import { connect as connectShop } from '../../monolith/src/database/connect.ts'
import { demoApiKeys } from '../../monolith/src/seed/api-keys.ts'
import { stillClock } from '../users/still-clock.ts'
import { withAdditions } from './additions.ts'
import type { ArmQuestion, ArmReply } from './arm-messages.ts'
import { serve } from './serve.ts'
import { buildSpoiler, type Spoiler } from './spoiler.ts'

// One arm as a process of its own: the real shop or the real users service, with its answers changed on their way out.
let stop: () => Promise<void> = async () => undefined
let spoiler: Spoiler = buildSpoiler([])

process.on('message', (question: ArmQuestion) => {
  void reply(question).then((said) => process.send?.(said))
})
process.on('disconnect', () => process.exit(0))

async function reply(question: ArmQuestion): Promise<ArmReply> {
  if (question.kind === 'spoiled') return { kind: 'spoiled', counts: Object.fromEntries(spoiler.spoiled) }
  try {
    await stop()
    return { kind: 'serving', url: await start(question) }
  } catch (thrown) {
    return { kind: 'failed', why: thrown instanceof Error ? (thrown.stack ?? thrown.message) : String(thrown) }
  }
}

async function start(asked: Extract<ArmQuestion, { kind: 'serve' }>): Promise<string> {
  const { app, db } = asked.arm === 'legacy' ? await openShop(asked.database) : await openUsers(asked.database)
  const spoiling = buildSpoiler(asked.plants)
  spoiler = spoiling
  const served = await serve(app, (request, answer) =>
    spoiling.spoil(request, withAdditions(request, answer, asked.additions)),
  )
  stop = async () => {
    served.close()
    await app.close()
    await db.destroy()
  }
  return served.url
}

interface Opened {
  readonly app: FastifyInstance
  readonly db: Knex
}

async function openShop(file: string): Promise<Opened> {
  const db = connectShop(file)
  return { db, app: await buildShop({ db, now: () => new Date(stillClock.now()), log: () => undefined }) }
}

async function openUsers(file: string): Promise<Opened> {
  const db = connectDatabase(file)
  const app = await buildUsersApp({
    db,
    ownership: ownershipIn('service'),
    knowsKey: knowsKey(demoApiKeys().map(({ key }) => key)),
    clock: stillClock,
    logLevel: 'silent',
    cost: { logCost: 4, blockSize: 8, parallel: 1 },
  })
  return { app, db }
}
