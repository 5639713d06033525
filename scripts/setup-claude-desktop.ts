import { claudeDesktopFile } from './clients/locations.ts'
import { setUp } from './clients/setup.ts'

await setUp({
  title: 'Claude Desktop',
  command: 'setup:claude-desktop',
  fileOn: claudeDesktopFile,
  extra: {},
  // It expands no variables; the servers take an empty one as not set.
  placeholder: () => '',
  howToFill: 'Fill them in by hand, or add --with-secrets.',
})
