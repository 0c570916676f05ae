with

readings as (

    {{ landing('social') }}

),

-- Of two readings of a network on one day, the later in the file stands.
final as (

    select *
    from readings
    qualify
        row_number() over (
            partition by lower(network), date
            order by source_line desc
        ) = 1

)

select * from final
