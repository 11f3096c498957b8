// Builds webapp/static/dist from src: the same bytes for the same sources and lock file.
import { build } from 'esbuild';

await build({
  entryPoints: [ 'src/diagram.js', 'src/diagram.css' ],
  outdir: '../static/dist',
  bundle: true,
  minify: true,
  sourcemap: false,
  format: 'iife',
  target: [ 'es2020', 'safari15' ],
  charset: 'utf8',
  // Licences stay in the bundle: the one of bpmn.io asks for it.
  legalComments: 'inline',
  banner: {
    js: '/*! Memuat bpmn-js (c) Camunda Services GmbH, https://bpmn.io/license; lihat THIRD_PARTY_LICENSES.txt */'
  },
  logLevel: 'info'
});
