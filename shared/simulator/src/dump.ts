export { DumpError, loadDump, shiftDump, type Dump, type DumpList } from './kubernetes/dump.ts'
