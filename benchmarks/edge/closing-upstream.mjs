// An upstream that keeps its connections for a random number of answers, and some of them for a random moment after: each
// end may meet the next request on its way.
import { createServer } from 'node:http'

const server = createServer({ keepAliveTimeout: 60_000 }, (request, response) => {
  response.end('ok')
  const dice = Math.random()
  if (dice < 0.02) response.once('close', () => request.socket.destroy())
  else if (dice < 0.04) response.once('close', () => request.socket.end())
  else if (dice < 0.06) setTimeout(() => request.socket.destroy(), Math.random() * 20)
})
server.listen(0, '127.0.0.1', () => process.send(server.address().port))
process.on('disconnect', () => process.exit())
