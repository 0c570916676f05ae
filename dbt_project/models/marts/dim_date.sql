with

days as (

    {{ dbt.date_spine(
        datepart="day",
        start_date=year_start(),
        end_date=dbt.dateadd("day", 1, year_end())
    ) }}

),

final as (

    select
        cast(date_day as date) as date_day,
        cast(extract(year from date_day) as bigint) as year,
        cast(extract(quarter from date_day) as bigint) as quarter,
        cast(extract(month from date_day) as bigint) as month,
        cast(extract(day from date_day) as bigint) as day_of_month,
        cast({{ iso_weekday('date_day') }} as bigint) as weekday,
        {{ iso_weekday('date_day') }} > 5 as is_weekend
    from days

)

select * from final
