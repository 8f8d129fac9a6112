//! What things cost: the same whether it is asked for by another component or within one.

pub struct Quote {
    pub item: String,
    pub count: u32,
    pub cents: u64,
}

pub enum Refusal {
    UnknownItem(String),
    TooMany(u32),
}

const ITEMS: &[(&str, u64)] = &[("apple", 25), ("bread", 320), ("cheese", 799), ("tea", 450)];
const MOST: u32 = 1000;

/// Never inlined: it is compared with the same as a function of another component.
#[inline(never)]
pub fn price(item: String, count: u32) -> Result<Quote, Refusal> {
    let Some((_, each)) = ITEMS.iter().find(|(name, _)| *name == item) else {
        return Err(Refusal::UnknownItem(item));
    };
    if count > MOST {
        return Err(Refusal::TooMany(MOST));
    }
    let full = each * u64::from(count);
    let cents = if count >= 10 { full - full / 10 } else { full };
    Ok(Quote { item, count, cents })
}
