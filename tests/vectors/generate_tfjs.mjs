// Writes exchange_tfjs.json: what TensorFlow.js, Keras in pure JavaScript, gives for the weights and inputs of
// exchange_keras.json, whose outputs come from Keras' formulas as we read them. Needs Node.js and
//   npm install @tensorflow/tfjs
// It computes in float. Its GRU has reset_after=false alone, so the other cases are left out.

import * as tf from '@tensorflow/tfjs';
import fs from 'node:fs';
import path from 'node:path';

const folder = process.argv[2] ?? '.';
const stored = JSON.parse(fs.readFileSync(path.join(folder, 'exchange_keras.json')));

function tensor({shape, values}) {
  return tf.tensor(values, shape);
}

const layers = {
  'lstm': (options) => tf.layers.lstm({...options, recurrentActivation: 'sigmoid'}),
  'gru before': (options) => tf.layers.gru({...options, recurrentActivation: 'sigmoid', resetAfter: false}),
  'rnn': (options) => tf.layers.simpleRNN(options),
};

function run(test) {
  const {cell, bidirectional, units} = test.options;
  const x = tf.transpose(tensor(test.inputs.x), [1, 0, 2]); // stored with the time first
  const input = tf.input({shape: x.shape.slice(1)});
  let recurrent = layers[cell]({units, returnSequences: true});
  if (bidirectional) recurrent = tf.layers.bidirectional({layer: recurrent, mergeMode: 'concat'});
  const dense = tf.layers.dense({units: test.parameters['fc/bias'].shape[0]});
  const model = tf.model({inputs: input, outputs: dense.apply(recurrent.apply(input))});
  const weights = (prefix) =>
      ['kernel', 'recurrent_kernel', 'bias'].map((name) => tensor(test.parameters[`${prefix}/${name}`]));
  recurrent.setWeights(
      bidirectional ? [...weights('recurrent/forward'), ...weights('recurrent/backward')] : weights('recurrent'));
  dense.setWeights([tensor(test.parameters['fc/kernel']), tensor(test.parameters['fc/bias'])]);
  const y = tf.transpose(model.predict(x), [1, 0, 2]);
  return {...test, output: {shape: y.shape, values: Array.from(y.dataSync())}};
}

const cases = stored.cases.filter(({options}) => options.cell in layers && options.attention === 'none').map(run);
const result = {generator: 'tests/vectors/generate_tfjs.mjs', tfjs: tf.version.tfjs, cases};
fs.writeFileSync(path.join(folder, 'exchange_tfjs.json'), JSON.stringify(result, null, 1) + '\n');
console.log(cases.map(({name}) => name).join('\n'));
