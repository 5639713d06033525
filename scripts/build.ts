import { bundleProgram } from './bundle-program.ts'

/** What ships. */
const programs = ['servers/kubernetes', 'servers/github', 'servers/slack', 'servers/session-memory', 'agents']

for (const program of programs) await bundleProgram(program, `${program}/dist`)
