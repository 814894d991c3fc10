// npm start, npm test, npm run parity, npm run bench. This file stays readable for an old Node, so that it can say it is too old.
var parts = process.versions.node.split('.')
if (Number(parts[0]) < 20 || (Number(parts[0]) === 20 && Number(parts[1]) < 19)) {
  console.error(`Node ${process.versions.node} is too old: needs >= 20.19 (https://nodejs.org)`)
  process.exitCode = 1
} else {
  import('./run/main.mjs').then((module) => module.main(process.argv.slice(2)))
}
