use super::*;
use crate::order::DailySales;
use crate::time::Timestamp;

/// What is read of a reader that holds these sales, over `days` days of which the last is 1 March 2028, and
/// from when on the reader was asked.
fn read(days: u16, sold: Vec<DailySales>) -> (Vec<DailySales>, Option<Timestamp>) {
    let asked = Arc::new(std::sync::Mutex::new(None));
    let since = Arc::clone(&asked);
    let mut reader = MockOrderReader::new();
    reader
        .expect_daily_sales()
        .withf(|seller, _| *seller == account_id(1))
        .returning(move |_, from| {
            *since.lock().unwrap() = Some(from);
            Ok(sold.clone())
        });
    let ports = OrderPorts {
        reader: Arc::new(reader),
        clock: clock("2028-03-01T09:30:00Z".parse().unwrap()),
        ..ports(MockOrderStore::new())
    };
    let orders = Orders::new(ports, None);
    let sales = block_on(orders.daily_sales(account_id(1), days, Currency::USD));
    let asked = *asked.lock().unwrap();
    (sales.unwrap(), asked)
}

fn sales(day: &str, units: u64, cents: i64) -> DailySales {
    DailySales {
        day: day.parse().unwrap(),
        units,
        revenue: usd(cents),
    }
}

#[test]
fn days_without_sales_are_days_of_nothing() {
    let sold = vec![sales("2028-02-28", 3, 7_50), sales("2028-03-01", 1, 2_50)];
    let (found, asked) = read(4, sold);
    assert_eq!(
        found,
        [
            sales("2028-02-27", 0, 0),
            sales("2028-02-28", 3, 7_50),
            sales("2028-02-29", 0, 0),
            sales("2028-03-01", 1, 2_50),
        ]
    );
    assert_eq!(asked, "2028-02-27T00:00:00Z".parse().ok());
}

#[test]
fn today_alone_begins_at_midnight() {
    let (found, asked) = read(1, Vec::new());
    assert_eq!(found, [sales("2028-03-01", 0, 0)]);
    assert_eq!(asked, "2028-03-01T00:00:00Z".parse().ok());
}

#[test]
fn sales_after_the_last_day_are_left_out() {
    let ahead = vec![sales("2028-03-01", 1, 2_50), sales("2028-03-02", 1, 2_50)];
    let (found, _) = read(1, ahead);
    assert_eq!(found, [sales("2028-03-01", 1, 2_50)]);
}

#[test]
fn a_period_of_zero_days_reads_nothing() {
    assert_eq!(read(0, vec![sales("2028-03-01", 1, 2_50)]), (vec![], None));
}
