//! 見本のさいころ. The same throws for the same seed on every machine, so that a demo city can be made again
//! (SplitMix64). Not for keys: nothing secret comes from here.

/// さいころ.
#[derive(Clone)]
pub(super) struct Dice(u64);

impl Dice {
    /// Different purposes of one seed throw independently.
    pub fn new(seed: u64, purpose: u64) -> Self {
        let mut dice = Dice(seed ^ purpose.wrapping_mul(0x9e37_79b9_7f4a_7c15));
        dice.next();
        dice
    }

    pub fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        z ^ (z >> 31)
    }

    /// 0 up to, not including, `bound`; 0 for 0.
    pub fn below(&mut self, bound: u64) -> u64 {
        match bound {
            0 => 0,
            _ => ((u128::from(self.next()) * u128::from(bound)) >> 64) as u64,
        }
    }

    /// Both ends included.
    pub fn between(&mut self, from: i64, to: i64) -> i64 {
        from + self.below((to - from + 1).max(1) as u64) as i64
    }

    /// True with this probability.
    pub fn chance(&mut self, probability: f64) -> bool {
        ((self.next() >> 11) as f64) / ((1u64 << 53) as f64) < probability
    }

    /// The place that a weighted throw hits; `sums` are the running sums of the weights.
    pub fn weighted(&mut self, sums: &[u64]) -> usize {
        let thrown = self.below(sums.last().copied().unwrap_or(0));
        sums.partition_point(|sum| *sum <= thrown)
    }

    pub fn of<'a, T>(&mut self, items: &'a [T]) -> Option<&'a T> {
        items.get(self.below(items.len() as u64) as usize)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_seed_throws_the_same_and_stays_in_its_bounds() {
        let throws = |seed| {
            let mut dice = Dice::new(seed, 1);
            (0..100).map(|_| dice.between(-3, 3)).collect::<Vec<_>>()
        };
        assert_eq!(throws(5), throws(5));
        assert_ne!(throws(5), throws(6));
        assert!(throws(7).iter().all(|thrown| (-3..=3).contains(thrown)));
        assert_eq!(Dice::new(1, 1).weighted(&[0, 0, 9]), 2);
    }
}
