// Preloaded into every process of the demo: when the process that started it dies, even by kill -9, its channel closes,
// and it drains as if it had been asked to. So nothing is ever left behind.
if (process.channel) {
  process.channel.unref()
  process.once('disconnect', () => process.kill(process.pid, 'SIGTERM'))
}
