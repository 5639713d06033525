import { describe, expect, it } from 'vitest'
import { readConfig } from './config.ts'

describe('readConfig', () => {
  it.each([
    ['http://localhost:9090', 'secret'],
    ['http://127.0.0.1:9090/prometheus', 'secret'],
    ['https://prometheus.example.com', 'secret'],
    ['http://prometheus.monitoring.svc', undefined],
  ])('takes Prometheus at %s with token %s', (url, token) => {
    expect(readConfig({ PROMETHEUS_URL: url, PROMETHEUS_TOKEN: token }).PROMETHEUS_URL).toBe(url)
  })

  it.each([
    ['http://prometheus.monitoring.svc', 'token-in-the-clear'],
    ['http://127.0.0.1.example.com', 'token-in-the-clear'],
    ['https://user:pass@prometheus.example.com', 'prometheus-url-invalid'],
    ['ftp://prometheus.example.com', 'bad-environment'],
  ])('refuses Prometheus at %s with a token', (url, code) => {
    expect(() => readConfig({ PROMETHEUS_URL: url, PROMETHEUS_TOKEN: 'secret' })).toThrow(
      expect.objectContaining({ code }),
    )
  })
})
