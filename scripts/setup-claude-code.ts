import { claudeCodeFile } from './clients/locations.ts'
import { setUp } from './clients/setup.ts'

await setUp({
  title: 'Claude Code',
  command: 'setup:claude-code',
  fileOn: claudeCodeFile,
  extra: { type: 'stdio' },
  placeholder: (variable) => `\${${variable}:-}`,
  howToFill: 'Claude Code takes them from the environment that it is started in.',
})
