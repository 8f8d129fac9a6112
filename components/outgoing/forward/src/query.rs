/// The parameters of the query, decoded, in order.
pub struct Query(Vec<(String, String)>);

impl Query {
    pub fn new(query: &str) -> Self {
        Self(form_urlencoded::parse(query.as_bytes()).into_owned().collect())
    }

    pub fn text(&self, name: &str) -> Option<&str> {
        self.all(name).next()
    }

    pub fn number(&self, name: &str) -> Option<u64> {
        self.text(name)?.parse().ok()
    }

    /// Of parameters such as `h=name:value`, name and value.
    pub fn fields(&self, name: &str) -> Vec<(String, Vec<u8>)> {
        let split = |text: &str| {
            let (name, value) = text.split_once(':').unwrap_or((text, ""));
            (name.to_owned(), value.as_bytes().to_vec())
        };
        self.all(name).map(split).collect()
    }

    fn all(&self, name: &str) -> impl Iterator<Item = &str> {
        self.0.iter().filter(move |(key, _)| key == name).map(|(_, value)| value.as_str())
    }
}
