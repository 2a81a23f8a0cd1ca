import type { LessonCheck } from '../check.ts'

/** The live route table names the service as the owner of users, and no write is held any more. */
export const check: LessonCheck = async (demo) => {
  const users = (await demo.status()).capabilities.find(({ capability }) => capability === 'users')
  if (users === undefined) return { reached: false, missing: 'the live route table has no capability "users"' }
  if (users.owner !== 'service') return { reached: false, missing: `the owner of users is ${users.owner}` }
  if (users.hold !== undefined) return { reached: false, missing: `${users.hold.held} writes are still held` }
  return { reached: true, saw: 'the service owns users, and nothing is held' }
}
