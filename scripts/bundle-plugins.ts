import type { Plugin } from 'esbuild'

/** Puts what tools/list answers in the place of the kit's module that makes it of the tools, which then need not be there for it. */
export function listingReady(listing: readonly object[]): Plugin {
  return {
    name: 'listing-ready',
    setup(bundler) {
      bundler.onLoad({ filter: /mcp-kit\/src\/listing\.ts$/ }, () => ({
        contents: `export async function listingOf() { return JSON.parse(${JSON.stringify(JSON.stringify(listing))}) }`,
        loader: 'js',
      }))
    },
  }
}

/** The MCP SDK makes a validator for answers to questions that servers may ask their client. Ours ask none. */
export const validatorOnFirstUse: Plugin = {
  name: 'validator-on-first-use',
  setup(bundler) {
    const namespace = 'validator'
    bundler.onResolve({ filter: /\/validation\/ajv-provider\.js$/ }, ({ path, resolveDir, namespace: from }) =>
      from === namespace ? undefined : { path, namespace, pluginData: resolveDir },
    )
    bundler.onLoad({ filter: /.*/, namespace }, ({ path, pluginData }) => ({
      contents: `let made
        export class AjvJsonSchemaValidator {
          getValidator(schema) {
            made ??= new (require('${path}').AjvJsonSchemaValidator)()
            return made.getValidator(schema)
          }
        }`,
      loader: 'js',
      resolveDir: pluginData as string,
    }))
  },
}

/** Zod brings its messages in every language, a third of the file that is read at start; ours are English. */
export const englishOnly: Plugin = {
  name: 'english-only',
  setup(bundler) {
    bundler.onLoad({ filter: /zod\/v4\/locales\/index\.js$/ }, () => ({
      contents: "export { default as en } from './en.js'",
      loader: 'js',
    }))
  },
}

/**
 * An `import` of these reads every property they export, and so loads fetch, WebSocket, Web Crypto, file streams and the report
 * on the process, which nobody here uses: a quarter of the start. By `require` they come alone.
 */
export const builtinsByRequire: Plugin = {
  name: 'builtins-by-require',
  setup(bundler) {
    const namespace = 'builtin'
    bundler.onResolve({ filter: /^(node:)?(https?|crypto|fs|process)$/ }, ({ path, importer, namespace: from }) =>
      from === namespace || importer === '' ? { path, external: true } : { path, namespace },
    )
    bundler.onLoad({ filter: /.*/, namespace }, ({ path }) => ({
      contents: `module.exports = require('${path}')`,
      loader: 'js',
    }))
  },
}

/** What the SDKs use of the HTTP client they bring: for calls, and for the Slack server's Socket Mode. */
const httpClient = ['Agent', 'ProxyAgent', 'fetch', 'FormData', 'Headers', 'Request', 'Response']
const socketMode = ['WebSocket', 'MessageEvent', 'CloseEvent', 'ErrorEvent', 'buildConnector', 'ping']

/** The Kubernetes and Slack SDKs bring an HTTP client for calls that are seldom made: it is there, but only run when asked for. */
export const httpClientOnFirstUse: Plugin = {
  name: 'http-client-on-first-use',
  setup(bundler) {
    const namespace = 'on-first-use'
    bundler.onResolve({ filter: /^undici$/ }, ({ path, resolveDir, namespace: from }) =>
      from === namespace ? undefined : { path, namespace, pluginData: resolveDir },
    )
    bundler.onLoad({ filter: /.*/, namespace }, ({ path, pluginData }) => ({
      contents: [...httpClient, ...socketMode]
        .map(
          (name) =>
            `Object.defineProperty(exports, '${name}', { enumerable: true, get: () => require('${path}').${name} })`,
        )
        .join('\n'),
      loader: 'js',
      resolveDir: pluginData as string,
    }))
  },
}

/** The Kubernetes client's generated calls are most of its bytes; the servers use its kubeconfig and credentials alone (see kube/http.ts). */
export const generatedCallsLeftOut: Plugin = {
  name: 'generated-calls-left-out',
  setup(bundler) {
    const namespace = 'left-out'
    bundler.onResolve({ filter: /^\.\/gen\/index\.js$/ }, ({ path, importer }) =>
      importer.endsWith('client-node/dist/config.js') ? { path, namespace } : undefined,
    )
    bundler.onLoad({ filter: /.*/, namespace }, () => ({
      contents: ['createConfiguration', 'ServerConfiguration']
        .map((name) => `export function ${name}() { throw new Error('${name} is not in this bundle') }`)
        .join('\n'),
      loader: 'js',
    }))
  },
}
